package io.headwater.trainer.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.runtime.Crossing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrossingFilesTest {
  private static final long ROOM = 1 << 20;

  @TempDir private Path folder;

  private static Crossing crossing(int width, float value) {
    float[] values = new float[2 * width + 1];
    Arrays.fill(values, value);
    return new Crossing(
        values, new Crossing.Shape(List.of(List.of(2L, (long) width), List.of(1L))));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> path.toString().endsWith(".crossings")).sorted().toList();
    }
  }

  @Test
  void find_afterARestart_isWhatWasPut() {
    Crossing kept = crossing(5, 0.25f);
    try (CrossingFiles cache = CrossingFiles.open(folder, ROOM)) {
      cache.put("prefix", "e1", kept);
      assertThat(cache.find("prefix", "e1").values()).isEqualTo(kept.values());
    }
    try (CrossingFiles cache = CrossingFiles.open(folder, ROOM)) {
      Crossing found = cache.find("prefix", "e1");
      assertThat(found.values()).isEqualTo(kept.values());
      assertThat(found.shape()).isEqualTo(kept.shape());
      assertThat(cache.find("another prefix", "e1")).isNull();
      assertThat(cache.find("prefix", "e2")).isNull();
      assertThat(cache.hits()).isEqualTo(1);
      assertThat(cache.misses()).isEqualTo(2);
      assertThat(cache.bytes()).isPositive();
    }
  }

  @Test
  void find_damagedEntry_isAMissAndCounted() throws IOException {
    try (CrossingFiles cache = CrossingFiles.open(folder, ROOM)) {
      cache.put("prefix", "e1", crossing(5, 1));
      cache.put("prefix", "e2", crossing(5, 2));
    }
    byte[] bytes = Files.readAllBytes(files().get(0));
    bytes[bytes.length - 3] ^= 1;
    Files.write(files().get(0), bytes);
    try (CrossingFiles cache = CrossingFiles.open(folder, ROOM)) {
      assertThat(cache.find("prefix", "e2")).isNull();
      assertThat(cache.failures()).isEqualTo(1);
      assertThat(cache.find("prefix", "e1")).isNotNull();
      cache.put("prefix", "e2", crossing(5, 2));
      assertThat(cache.find("prefix", "e2")).isNotNull();
    }
  }

  @Test
  void open_tornEnd_isCutOff() throws IOException {
    try (CrossingFiles cache = CrossingFiles.open(folder, ROOM)) {
      cache.put("prefix", "e1", crossing(5, 1));
      cache.put("prefix", "e2", crossing(5, 2));
    }
    byte[] bytes = Files.readAllBytes(files().get(0));
    Files.write(files().get(0), Arrays.copyOf(bytes, bytes.length - 7));
    try (CrossingFiles cache = CrossingFiles.open(folder, ROOM)) {
      assertThat(cache.find("prefix", "e1")).isNotNull();
      assertThat(cache.find("prefix", "e2")).isNull();
      cache.put("prefix", "e3", crossing(5, 3));
    }
    try (CrossingFiles cache = CrossingFiles.open(folder, ROOM)) {
      assertThat(cache.find("prefix", "e3").values()).contains(3f);
    }
  }

  @Test
  void put_moreThanTheBound_letsTheOldestGo() throws IOException {
    long bound = 64_000;
    try (CrossingFiles cache = CrossingFiles.open(folder, bound)) {
      for (int i = 0; i < 200; i++) {
        cache.put("prefix", "e" + i, crossing(100, i));
        assertThat(cache.bytes()).isLessThanOrEqualTo(bound);
      }
      assertThat(cache.find("prefix", "e0")).isNull();
      assertThat(cache.find("prefix", "e199")).isNotNull();
    }
    long onDisk = 0;
    for (Path file : files()) {
      onDisk += Files.size(file);
    }
    assertThat(onDisk).isLessThanOrEqualTo(bound);
    try (CrossingFiles smaller = CrossingFiles.open(folder, bound / 4)) {
      assertThat(smaller.bytes()).isLessThanOrEqualTo(bound / 4);
      assertThat(smaller.find("prefix", "e199")).isNotNull();
    }
  }

  @Test
  void open_whereNothingCanBeWritten_keepsNothingAndCounts() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "not a directory");
    try (CrossingFiles cache = CrossingFiles.open(file, ROOM)) {
      cache.put("prefix", "e1", crossing(5, 1));
      assertThat(cache.find("prefix", "e1")).isNull();
      assertThat(cache.failures()).isEqualTo(1);
    }
  }

  @Test
  void open_whileAnotherHoldsIt_keepsNothing() {
    try (CrossingFiles first = CrossingFiles.open(folder, ROOM);
        CrossingFiles second = CrossingFiles.open(folder, ROOM)) {
      second.put("prefix", "e1", crossing(5, 1));
      assertThat(second.failures()).isEqualTo(1);
      assertThat(first.find("prefix", "e1")).isNull();
    }
  }

  @Test
  void put_diskFull_keepsWhatItHasAndGoesOnWithoutMore() {
    int[] written = {0};
    CrossingFiles.Writing small =
        (file, entry) -> {
          if (++written[0] == 3) {
            entry.limit(10);
            file.write(entry);
            throw new IOException("No space left on device");
          }
          file.write(entry);
        };
    try (CrossingFiles cache = CrossingFiles.open(folder, ROOM, small)) {
      for (int i = 0; i < 6; i++) {
        cache.put("prefix", "e" + i, crossing(5, i));
      }
      assertThat(cache.failures()).isEqualTo(1);
      assertThat(written[0]).isEqualTo(3);
      assertThat(cache.find("prefix", "e1")).isNotNull();
      assertThat(cache.find("prefix", "e2")).isNull();
    }
    try (CrossingFiles cache = CrossingFiles.open(folder, ROOM)) {
      assertThat(cache.find("prefix", "e1")).isNotNull();
      cache.put("prefix", "e2", crossing(5, 2));
      assertThat(cache.find("prefix", "e2").values()).contains(2f);
    }
  }
}
