package io.headwater.model.log;

import io.headwater.schemas.BlobRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;

/**
 * One blob being gathered from its chunks, in a file of the cache.
 *
 * <p>Not safe for use by several threads. A later record of a chunk replaces an earlier one, as on
 * a compacted topic; where the whole does not verify, gathering goes on.
 */
final class Download implements AutoCloseable {
  private final BlobRef blob;
  private final BlobCache cache;
  private final Path part;
  private final int chunks;
  private final BitSet held = new BitSet();
  private final BitSet deleted = new BitSet();
  private int misplaced;
  private int missized;

  Download(BlobRef blob, BlobCache cache) {
    this.blob = blob;
    this.cache = cache;
    this.chunks = Chunks.count(blob.getBytes());
    this.part = cache.newPart();
  }

  /**
   * Takes a chunk, unless it is not one of the blob's.
   *
   * @return true when the blob is whole, verified and in the cache
   */
  boolean offer(int index, byte[] chunk) {
    if (index >= chunks) {
      misplaced++;
      return false;
    }
    if (chunk.length != Chunks.length(blob.getBytes(), index)) {
      missized++;
      return false;
    }
    try (FileChannel file = FileChannel.open(part, StandardOpenOption.WRITE)) {
      ByteBuffer left = ByteBuffer.wrap(chunk);
      long at = (long) index * Chunks.BYTES;
      while (left.hasRemaining()) {
        at += file.write(left, at);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("model cache: " + part + " can't be written", e);
    }
    boolean wasWhole = held.cardinality() == chunks;
    held.set(index);
    // After a failed check only the end of the next full pass is worth another one.
    boolean worthChecking = !wasWhole || index == chunks - 1;
    return held.cardinality() == chunks && worthChecking && cache.admit(part, blob.getDigest());
  }

  /** Notes a tombstone: a chunk that still stands before it is as good as ever. */
  void tombstone(int index) {
    if (index < chunks) {
      deleted.set(index);
    }
  }

  /** What is wrong with the blob, for a message. */
  String state() {
    StringBuilder state =
        new StringBuilder(
            "%s (%d bytes): %d of %d chunks found"
                .formatted(blob.getDigest(), blob.getBytes(), held.cardinality(), chunks));
    int missing = held.nextClearBit(0);
    if (missing < chunks) {
      state.append(
          deleted.get(missing)
              ? ", chunk %d was deleted by a tombstone".formatted(missing)
              : ", chunk %d is missing".formatted(missing));
    } else {
      state.append(", together they have another digest: one of them was changed");
    }
    if (missized > 0) {
      state.append(", %d refused for a wrong length".formatted(missized));
    }
    if (misplaced > 0) {
      state.append(", %d refused as beyond its end".formatted(misplaced));
    }
    return state.toString();
  }

  /** Drops what was gathered and not admitted. */
  @Override
  public void close() {
    cache.discard(part);
  }
}
