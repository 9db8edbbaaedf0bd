package io.headwater.schemas.serde;

import java.util.HashSet;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.kafka.common.errors.SerializationException;

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

  /**
   * The schema, unless it has lists whose items take no bytes, such as nulls: of those a record of
   * some ten bytes can claim millions, where all else is held to the bytes that are there.
   *
   * @throws SerializationException where it has
   */
  static Schema bounded(Schema written) {
    if (hasWeightlessItems(written, new HashSet<>())) {
      throw new SerializationException(
          "the Avro schema "
              + written.getFullName()
              + " has a list of items without content, of which a few bytes can claim millions:"
              + " give the items a field or another type");
    }
    return written;
  }

  private static boolean hasWeightlessItems(Schema schema, Set<String> seen) {
    return switch (schema.getType()) {
      case ARRAY ->
          isWeightless(schema.getElementType(), new HashSet<>())
              || hasWeightlessItems(schema.getElementType(), seen);
      case MAP -> hasWeightlessItems(schema.getValueType(), seen);
      case UNION -> schema.getTypes().stream().anyMatch(type -> hasWeightlessItems(type, seen));
      case RECORD ->
          seen.add(schema.getFullName())
              && schema.getFields().stream()
                  .anyMatch(field -> hasWeightlessItems(field.schema(), seen));
      default -> false;
    };
  }

  private static boolean isWeightless(Schema schema, Set<String> seen) {
    return switch (schema.getType()) {
      case NULL -> true;
      case FIXED -> schema.getFixedSize() == 0;
      case RECORD ->
          seen.add(schema.getFullName())
              && schema.getFields().stream().allMatch(field -> isWeightless(field.schema(), seen));
      default -> false;
    };
  }

  private static void setUnlessGiven(String limit, int value) {
    String name = "org.apache.avro.limits." + limit;
    if (System.getProperty(name) == null) {
      System.setProperty(name, Integer.toString(value));
    }
  }
}
