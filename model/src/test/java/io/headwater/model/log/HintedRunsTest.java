package io.headwater.model.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.schemas.BlobHint;
import io.headwater.schemas.BlobRef;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HintedRunsTest {
  private static final BlobRef SMALL = new BlobRef("a", 10L);
  private static final BlobRef LARGE = new BlobRef("b", 2L * Chunks.BYTES);

  private static List<HintedRuns.Run> runs(BlobHint... hints) {
    Map<String, BlobHint> byDigest = new HashMap<>();
    for (BlobHint hint : hints) {
      byDigest.put(hint.getDigest(), hint);
    }
    return HintedRuns.of(List.of(SMALL, LARGE), byDigest);
  }

  @Test
  void of_neighbours_readsThemInOneRun() {
    assertThat(runs(new BlobHint("a", 0, List.of(12L)), new BlobHint("b", 0, List.of(5L, 6L))))
        .containsExactly(new HintedRuns.Run(0, 5, 13));
  }

  @Test
  void of_placesFarApart_readsARunForEach() {
    assertThat(runs(new BlobHint("a", 0, List.of(1_000L)), new BlobHint("b", 0, List.of(5L, 6L))))
        .containsExactly(new HintedRuns.Run(0, 5, 7), new HintedRuns.Run(0, 1_000, 1_001));
  }

  @Test
  void of_partitions_keepsThemApart() {
    assertThat(runs(new BlobHint("a", 1, List.of(6L)), new BlobHint("b", 0, List.of(5L, 6L))))
        .containsExactly(new HintedRuns.Run(0, 5, 7), new HintedRuns.Run(1, 6, 7));
  }

  @Test
  void of_implausibleHints_leavesThemOut() {
    assertThat(runs(new BlobHint("a", 0, List.of(-1L)), new BlobHint("b", 0, List.of(5L, 6L, 7L))))
        .isEmpty();
    assertThat(runs(new BlobHint("a", -1, List.of(1L)), new BlobHint("b", 0, List.of()))).isEmpty();
  }
}
