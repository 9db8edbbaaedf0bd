package io.headwater.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.featurise.Features;
import io.headwater.model.onnx.ToyEncoder;
import io.headwater.model.pack.ModelPackage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LiveModelTest {
  private static final ModelPackage TOY = ToyEncoder.packaged(0);

  @Test
  void acquire_afterSwap_leasesTheVersionInForce() {
    try (LiveModel live = new LiveModel()) {
      assertThat(live.acquire()).isEmpty();
      assertThat(live.version()).isEmpty();

      live.swap(LoadedModel.load(TOY));

      assertThat(live.version()).contains(TOY.version());
      try (LiveModel.Lease lease = live.acquire().orElseThrow()) {
        assertThat(lease.model().version()).isEqualTo(TOY.version());
      }
    }
    assertThat(SegmentSession.openCount()).isZero();
  }

  @Test
  @Timeout(60)
  void swap_whileOthersScore_neverEndsASessionThatRuns() throws Exception {
    LiveModel live = new LiveModel();
    live.swap(LoadedModel.load(TOY));
    ExecutorService threads = Executors.newFixedThreadPool(3);
    List<Future<Integer>> scorers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      scorers.add(threads.submit(() -> scoreUntilClosed(live)));
    }
    for (int i = 0; i < 200; i++) {
      ModelPackage next =
          TOY.withHeadWeights(
              Map.of("head.output.bias", new float[] {0, i}),
              TOY.manifest().getLineage(),
              null,
              List.of());
      live.swap(LoadedModel.load(next));
    }
    live.close();
    threads.shutdown();

    assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    for (Future<Integer> scorer : scorers) {
      assertThat(scorer.get()).isPositive();
    }
    assertThat(SegmentSession.openCount()).isZero();
  }

  private static int scoreUntilClosed(LiveModel live) {
    List<Features> batch = List.of(new Features(new long[] {4, 5}), new Features(new long[] {6}));
    int scored = 0;
    while (true) {
      Optional<LiveModel.Lease> lease = live.acquire();
      if (lease.isEmpty()) {
        return scored;
      }
      try (LiveModel.Lease held = lease.get()) {
        scored += held.model().score(batch).size();
      }
    }
  }
}
