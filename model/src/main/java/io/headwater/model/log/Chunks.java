package io.headwater.model.log;

import io.headwater.model.pack.Digest;
import io.headwater.schemas.topics.TopicCatalogue;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** How a blob is cut into records: chunks of one size, the last one shorter, keyed by place. */
final class Chunks {
  /** Size of every chunk but the last, in bytes. */
  static final int BYTES = TopicCatalogue.MAX_CHUNK_BYTES;

  /** Largest blob, in bytes: what one array holds. */
  static final long MAX_BLOB_BYTES = Integer.MAX_VALUE - 8;

  private static final int MOST_CHUNKS = count(MAX_BLOB_BYTES);
  private static final int DIGEST_DIGITS = 64;
  private static final int INDEX_DIGITS = 5;

  private Chunks() {}

  /** Which chunk of which blob a record holds. */
  record Place(String digest, int index) {}

  /** Number of chunks; an empty blob has one, so that it leaves a record. */
  static int count(long blobBytes) {
    return Math.toIntExact(Math.max(1, (blobBytes + BYTES - 1) / BYTES));
  }

  /** Length of a chunk in bytes. */
  static int length(long blobBytes, int index) {
    return (int) Math.min(BYTES, blobBytes - (long) index * BYTES);
  }

  static byte[] key(String digest, int index) {
    return String.format(Locale.ROOT, "%s/%05d", digest, index).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The place that a record's key names, or empty where it names none: {@link #key} writes it in
   * one way only.
   */
  static Optional<Place> place(byte[] key) {
    if (key.length != DIGEST_DIGITS + 1 + INDEX_DIGITS || key[DIGEST_DIGITS] != '/') {
      return Optional.empty();
    }
    int index = 0;
    for (int i = DIGEST_DIGITS + 1; i < key.length; i++) {
      if (key[i] < '0' || key[i] > '9') {
        return Optional.empty();
      }
      index = 10 * index + key[i] - '0';
    }
    String digest = new String(key, 0, DIGEST_DIGITS, StandardCharsets.ISO_8859_1);
    return index < MOST_CHUNKS && Digest.isOne(digest)
        ? Optional.of(new Place(digest, index))
        : Optional.empty();
  }
}
