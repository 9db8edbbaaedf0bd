package io.headwater.model.sign;

import java.nio.charset.StandardCharsets;

/**
 * What a signature is for. It begins the signed bytes, so that a signature made for one purpose
 * never holds for the other.
 */
public enum Purpose {
  MANIFEST("headwater manifest 1"),
  STAGE_RECORD("headwater stage record 1");

  private final String prefix;

  Purpose(String text) {
    this.prefix = text;
  }

  byte[] prefix() {
    // The zero ends the prefix, so that none can begin another.
    return (prefix + '\0').getBytes(StandardCharsets.US_ASCII);
  }
}
