package io.headwater.model.pack;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Blobs held in memory, in front of others that hold the rest.
 *
 * <p>Immutable; each blob is verified whenever it is asked for.
 */
public final class BlobMap implements Blobs {
  private final Map<String, byte[]> held;
  private final @Nullable Blobs others;

  private BlobMap(Map<String, byte[]> held, @Nullable Blobs others) {
    this.held = Map.copyOf(held);
    this.others = others;
  }

  /** Blobs named by their own digests; the arrays are shared, not copied. */
  public static BlobMap of(Collection<byte[]> blobs) {
    return new BlobMap(byDigest(blobs), null);
  }

  public static BlobMap of(byte[]... blobs) {
    return of(List.of(blobs));
  }

  /** Blobs under the names they claim, unverified until asked for. */
  public static BlobMap claimed(Map<String, byte[]> blobs) {
    return new BlobMap(blobs, null);
  }

  /**
   * The given blobs in memory, and {@code others} for the rest. Of what {@code others} holds in
   * memory itself only {@code wanted} is kept, so that a chain of versions does not grow.
   */
  static BlobMap over(Collection<byte[]> blobs, Blobs others, Set<String> wanted) {
    Map<String, byte[]> held = byDigest(blobs);
    if (!(others instanceof BlobMap below)) {
      return new BlobMap(held, others);
    }
    below.held.forEach(
        (digest, bytes) -> {
          if (wanted.contains(digest)) {
            held.putIfAbsent(digest, bytes);
          }
        });
    return new BlobMap(held, below.others);
  }

  @Override
  public byte[] get(String digest) {
    byte[] bytes = held.get(digest);
    if (bytes == null) {
      if (others == null) {
        throw new MissingBlobException("blob " + digest + " is not held in memory");
      }
      return others.get(digest);
    }
    if (!Digest.of(bytes).equals(digest)) {
      throw new MissingBlobException("blob " + digest + " has other bytes than its name says");
    }
    return bytes;
  }

  /** The digests held in memory. */
  public Set<String> digests() {
    return held.keySet();
  }

  /** Byte count of a blob held in memory. */
  OptionalLong bytesOf(String digest) {
    byte[] bytes = held.get(digest);
    return bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes.length);
  }

  private static Map<String, byte[]> byDigest(Collection<byte[]> blobs) {
    Map<String, byte[]> held = new HashMap<>();
    for (byte[] bytes : blobs) {
      held.put(Digest.of(bytes), bytes);
    }
    return held;
  }
}
