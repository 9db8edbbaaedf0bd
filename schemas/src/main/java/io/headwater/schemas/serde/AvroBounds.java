package io.headwater.schemas.serde;

import org.apache.avro.util.ClassSecurityValidator;

/**
 * What Avro may do with bytes that nobody vouches for: which classes it may make, and how much it
 * may allocate on a record's own word. Established once per process, before Avro first reads.
 */
public final class AvroBounds {
  private static final String RECORDS = "io.headwater.schemas.";
  private static final int MAX_VALUE_BYTES = 32 * 1024 * 1024;
  private static final int MAX_ITEMS = 10_000_000;

  static {
    // Avro reads its limits from system properties, once; its own default is 2 GiB per value.
    setUnlessGiven("bytes.maxLength", MAX_VALUE_BYTES);
    setUnlessGiven("string.maxLength", MAX_VALUE_BYTES);
    setUnlessGiven("collectionItems.maxLength", MAX_ITEMS);
    trust(RECORDS);
  }

  private AvroBounds() {}

  /** Sees to it that the bounds hold; cheap to call again. */
  public static void establish() {
    // the static initialiser has run by now
  }

  /**
   * Lets Avro make the generated records of one more package.
   *
   * @param prefix the package's name with its last dot
   */
  public static synchronized void trust(String prefix) {
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(
            ClassSecurityValidator.getGlobal(), type -> type.getName().startsWith(prefix)));
  }

  private static void setUnlessGiven(String limit, int value) {
    String name = "org.apache.avro.limits." + limit;
    if (System.getProperty(name) == null) {
      System.setProperty(name, Integer.toString(value));
    }
  }
}
