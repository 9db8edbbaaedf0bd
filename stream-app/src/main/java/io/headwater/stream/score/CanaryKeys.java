package io.headwater.stream.score;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the canary that answers for an event, by the event's key alone, so that it is the same
 * one in every process and after every restart.
 *
 * <p>The hash is the first 53 bits of SHA-256 over the salt, a zero byte and the key, as a fraction
 * of 1. Of canaries with one salt the first takes the hashes from 0 to its share, the next those
 * from there on. Not safe for use by several threads.
 */
final class CanaryKeys {
  private static final int BITS = 53;

  private final MessageDigest sha256 = sha256();

  /**
   * The canary of an event, or null where the champion answers for it.
   *
   * @param key the record's; where it has none the event's id stands in
   */
  @Nullable Member choose(List<Member> canaries, byte @Nullable [] key, String eventId) {
    if (canaries.isEmpty()) {
      return null;
    }
    byte[] by = key == null || key.length == 0 ? eventId.getBytes(UTF_8) : key;
    Map<String, Double> taken = new HashMap<>();
    for (Member canary : canaries) {
      double to = taken.merge(canary.salt(), canary.share(), Double::sum);
      double hash = fraction(canary.salt(), by);
      if (hash >= to - canary.share() && hash < to) {
        return canary;
      }
    }
    return null;
  }

  /** In [0, 1). */
  private double fraction(String salt, byte[] key) {
    sha256.update(salt.getBytes(UTF_8));
    sha256.update((byte) 0);
    long first = ByteBuffer.wrap(sha256.digest(key)).getLong();
    return (first >>> (Long.SIZE - BITS)) * 0x1.0p-53;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
