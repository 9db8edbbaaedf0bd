package io.headwater.model.pack;

/** Where the bytes of blobs come from: a map in memory, a directory, the model log. */
public interface Blobs {
  /**
   * The bytes whose SHA-256 is {@code digest}, verified. Callers must not change them.
   *
   * @throws MissingBlobException when they can't be found whole and unchanged
   */
  byte[] get(String digest);
}
