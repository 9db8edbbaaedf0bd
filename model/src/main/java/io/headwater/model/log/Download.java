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
 * a compacted topic; where the whole does not verify, gathering goes on. What it costs is bounded
 * by the blob's declared size, however many records claim to be its chunks.
 */
final class Download implements AutoCloseable {
  /**
   * How often a whole is digested before the end of a pass. Whoever writes a chunk again and again
   * must not have the blob digested as often.
   */
  static final int MAX_CHECKS = 4;

  private final BlobRef blob;
  private final BlobCache cache;
  private final Path part;
  private final int chunks;
  private final BitSet held = new BitSet();
  private final BitSet deleted = new BitSet();
  private boolean unchecked;
  private int checks;
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
    boolean wasWhole = isWhole();
    held.set(index);
    unchecked = true;
    // After a failed check the end of the next full pass is worth another one.
    boolean worthChecking = !wasWhole || index == chunks - 1;
    return worthChecking && checks < MAX_CHECKS && isWhole() && check();
  }

  /**
   * Ends a pass over the log: the last records of all chunks are as compaction would leave them.
   *
   * @return true when the blob is whole, verified and in the cache
   */
  boolean endPass() {
    return unchecked && isWhole() && check();
  }

  private boolean isWhole() {
    return held.cardinality() == chunks;
  }

  private boolean check() {
    unchecked = false;
    checks++;
    return cache.admit(part, blob.getDigest());
  }

  /** How often the whole was digested. */
  int checks() {
    return checks;
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
