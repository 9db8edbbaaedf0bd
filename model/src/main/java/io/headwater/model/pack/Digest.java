package io.headwater.model.pack;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 as 64 lower-case hex digits: the name of every blob and version. */
public final class Digest {
  private Digest() {}

  public static String of(byte[] bytes) {
    return of(ByteBuffer.wrap(bytes));
  }

  public static String of(ByteBuffer bytes) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(bytes.duplicate());
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Whether a name is a digest as {@link #of(byte[])} writes it. */
  public static boolean isOne(String name) {
    return name.length() == 64
        && name.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  /** The first 12 digits, for people. */
  public static String brief(String digest) {
    return digest.length() <= 12 ? digest : digest.substring(0, 12);
  }
}
