package io.headwater.model.sign;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Blocks of bytes as text, each with its kind (RFC 7468). */
final class Pem {
  static final String PRIVATE = "PRIVATE KEY";
  static final String PUBLIC = "PUBLIC KEY";
  private static final int LINE = 64;

  private Pem() {}

  static String write(String kind, byte[] bytes) {
    return begin(kind)
        + "\n"
        + Base64.getMimeEncoder(LINE, "\n".getBytes(StandardCharsets.US_ASCII))
            .encodeToString(bytes)
        + "\n"
        + end(kind)
        + "\n";
  }

  /**
   * The first block of that kind.
   *
   * @throws IllegalArgumentException where there is none, which never quotes the text
   */
  static byte[] read(String text, String kind) {
    int begin = text.indexOf(begin(kind));
    int end = text.indexOf(end(kind));
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException("it has no block '" + begin(kind) + "'");
    }
    try {
      String body = text.substring(begin + begin(kind).length(), end);
      return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("its block '" + begin(kind) + "' is not base64");
    }
  }

  private static String begin(String kind) {
    return "-----BEGIN " + kind + "-----";
  }

  private static String end(String kind) {
    return "-----END " + kind + "-----";
  }
}
