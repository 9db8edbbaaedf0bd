package io.headwater.model.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.headwater.model.pack.Digest;
import io.headwater.schemas.BlobRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobCacheTest {
  @TempDir Path folder;
  private BlobCache cache;
  private byte[] bytes;
  private BlobRef blob;

  @BeforeEach
  void open() {
    cache = new BlobCache(folder.resolve("cache"));
    bytes = new byte[2 * Chunks.BYTES + 5];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    blob = new BlobRef(Digest.of(bytes), (long) bytes.length);
  }

  private byte[] chunk(int index) {
    int from = index * Chunks.BYTES;
    return Arrays.copyOfRange(bytes, from, from + Chunks.length(bytes.length, index));
  }

  private Path file() {
    return folder.resolve("cache").resolve(blob.getDigest());
  }

  private void gather() {
    try (Download download = new Download(blob, cache)) {
      assertThat(download.offer(2, chunk(2))).isFalse();
      assertThat(download.offer(0, chunk(0))).isFalse();
      assertThat(download.offer(1, chunk(1))).isTrue();
    }
  }

  @Test
  void offer_allChunksInAnyOrder_putsTheBlobIntoTheCache() throws IOException {
    gather();

    assertThat(cache.read(blob)).get().isEqualTo(bytes);
    try (var files = Files.list(folder.resolve("cache"))) {
      assertThat(files).containsExactly(file());
    }
  }

  @Test
  void offer_flippedBit_isNotAdmittedUntilAGoodPassFollows() {
    try (Download download = new Download(blob, cache)) {
      byte[] flipped = chunk(1);
      flipped[3] ^= 1;
      download.offer(0, chunk(0));
      download.offer(1, flipped);
      assertThat(download.offer(2, chunk(2))).isFalse();
      assertThat(cache.read(blob)).isEmpty();
      assertThat(download.state()).contains("3 of 3 chunks found", "another digest");

      assertThat(download.offer(1, chunk(1))).isFalse();
      assertThat(download.offer(2, chunk(2))).isTrue();
    }
    assertThat(cache.read(blob)).get().isEqualTo(bytes);
  }

  @Test
  void endPass_changedChunkWasWrittenAgain_admitsTheBlob() {
    try (Download download = new Download(blob, cache)) {
      byte[] flipped = chunk(0);
      flipped[3] ^= 1;
      download.offer(2, chunk(2));
      download.offer(0, flipped);
      assertThat(download.offer(1, chunk(1))).isFalse();
      assertThat(download.offer(0, chunk(0))).isFalse();

      assertThat(download.endPass()).isTrue();
    }
    assertThat(cache.read(blob)).get().isEqualTo(bytes);
  }

  @Test
  void offer_lastChunkOfAChangedBlobWithoutEnd_isDigestedAFewTimesOnly() {
    try (Download download = new Download(blob, cache)) {
      byte[] flipped = chunk(1);
      flipped[3] ^= 1;
      download.offer(0, chunk(0));
      download.offer(1, flipped);
      for (int i = 0; i < 1_000; i++) {
        assertThat(download.offer(2, chunk(2))).isFalse();
      }
      assertThat(download.endPass()).isFalse();
      assertThat(download.endPass()).isFalse();
      assertThat(download.checks()).isEqualTo(Download.MAX_CHECKS + 1);

      download.offer(1, chunk(1));
      assertThat(download.endPass()).isTrue();
    }
  }

  @Test
  void offer_chunkOfWrongLengthOrPlace_isRefused() {
    try (Download download = new Download(blob, cache)) {
      assertThat(download.offer(0, new byte[Chunks.BYTES + 1])).isFalse();
      assertThat(download.offer(2, new byte[6])).isFalse();
      assertThat(download.offer(3, new byte[0])).isFalse();
      assertThat(download.state())
          .contains("0 of 3 chunks", "2 refused for a wrong length", "1 refused as beyond");
    }
  }

  @Test
  void offer_emptyBlob_takesItsOneEmptyChunk() {
    BlobRef empty = new BlobRef(Digest.of(new byte[0]), 0L);
    try (Download download = new Download(empty, cache)) {
      assertThat(download.offer(0, new byte[0])).isTrue();
    }
    assertThat(cache.read(empty)).get().isEqualTo(new byte[0]);
  }

  @Test
  void read_fileChangedOnDisk_isEmptyAndTheFileGone() throws IOException {
    gather();
    byte[] changed = bytes.clone();
    changed[0] ^= 1;
    Files.write(file(), changed);

    assertThat(cache.lacks(blob)).isFalse();
    assertThat(cache.read(blob)).isEmpty();
    assertThat(file()).doesNotExist();
  }

  @Test
  void read_truncatedFile_isEmptyAndReplacedByTheNext() throws IOException {
    gather();
    Files.write(file(), new byte[3]);

    assertThat(cache.lacks(blob)).isTrue();
    assertThat(cache.read(blob)).isEmpty();
    gather();
    assertThat(cache.read(blob)).get().isEqualTo(bytes);
  }

  @Test
  void read_nameThatLeavesTheDirectory_isRefused() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> cache.read(new BlobRef("../../etc/passwd", 1L)))
        .withMessageContaining("not a SHA-256");
  }

  @Test
  void requireRoom_moreThanTheDiskHas_saysWhatToDo() {
    cache.requireRoom(1);
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> cache.requireRoom(Long.MAX_VALUE))
        .withMessageContaining("free some, or name another");
  }

  @Test
  void open_partsOfDeadProcesses_areCleared() throws IOException {
    Path old = cache.newPart();
    Path young = cache.newPart();
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));

    cache = new BlobCache(folder.resolve("cache"));

    assertThat(old).doesNotExist();
    assertThat(young).exists();
  }
}
