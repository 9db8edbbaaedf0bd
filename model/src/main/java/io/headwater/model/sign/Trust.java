package io.headwater.model.sign;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys that are believed, in the order in which they were trusted.
 *
 * @param keys each with an id of its own
 */
public record Trust(List<TrustedKey> keys) {
  public Trust {
    keys = List.copyOf(keys);
    Map<String, TrustedKey> byId = new LinkedHashMap<>();
    for (TrustedKey key : keys) {
      if (byId.put(key.key().id(), key) != null) {
        throw new IllegalArgumentException("key " + key.key().id() + " is named twice");
      }
    }
  }

  public static Trust of(TrustedKey... keys) {
    return new Trust(Arrays.asList(keys));
  }

  public Optional<TrustedKey> find(String id) {
    return keys.stream().filter(key -> key.key().id().equals(id)).findFirst();
  }

  /** The same, with one key added or put in the place of the one with its id. */
  public Trust with(TrustedKey changed) {
    Map<String, TrustedKey> byId = new LinkedHashMap<>();
    keys.forEach(key -> byId.put(key.key().id(), key));
    byId.put(changed.key().id(), changed);
    return new Trust(List.copyOf(byId.values()));
  }

  /**
   * Finds who signed a statement. What the key may sign is for the caller to check, once it knows
   * what the statement is about.
   *
   * @param what names the statement in messages
   * @throws RefusedException where it is unsigned, the key is unknown, or the signature is not that
   *     key's on these bytes
   */
  public TrustedKey signedBy(
      String what, String keyId, ByteBuffer signature, Purpose purpose, byte[] statement) {
    if (keyId.isEmpty() || !signature.hasRemaining()) {
      throw new RefusedException(
          Refusal.UNSIGNED, what + " is not signed; publish it again with headwater, which signs");
    }
    TrustedKey key =
        find(keyId)
            .orElseThrow(() -> new RefusedException(Refusal.UNKNOWN_KEY, unknown(what, keyId)));
    if (!key.key().verifies(purpose, statement, signature)) {
      throw new RefusedException(
          Refusal.BAD_SIGNATURE,
          "%s does not bear the signature of key %s (%s): it was changed, or another wrote it"
              .formatted(what, keyId, key.name()));
    }
    return key;
  }

  private static String unknown(String what, String keyId) {
    return "%s is signed by key %s, which is not trusted here; if it is one of yours, run"
            .formatted(what, keyId.matches("[0-9a-f]{16}") ? keyId : "of a malformed id")
        + " `headwater keys list` where it was made, and here `headwater keys trust PUBLIC_KEY`"
        + " with what that shows";
  }
}
