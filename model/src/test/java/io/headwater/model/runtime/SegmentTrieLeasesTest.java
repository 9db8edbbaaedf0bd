package io.headwater.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.model.featurise.Features;
import io.headwater.model.onnx.ToyEncoder;
import io.headwater.model.pack.ModelPackage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sets of versions that change while they are in use. */
class SegmentTrieLeasesTest {
  private static final ModelPackage TOY = ToyEncoder.packaged(0);
  private static final List<Features> BATCH =
      List.of(new Features(new long[] {4, 5}), new Features(new long[] {6}));
  private static final int LIVE = 3;

  /** A set under lease, and the probability of "good" that each of its versions must give. */
  private record Live(SegmentTrie trie, Map<String, Double> expected) {}

  private record Version(LoadedModel model, double expected) {}

  @Test
  @Timeout(60)
  void swap_whileOthersScore_neverEndsASessionThatRuns() throws Exception {
    Leases<Live> live = new Leases<>(ended -> ended.trie().close());
    Deque<Version> models = new ArrayDeque<>();
    models.add(version(0));
    live.swap(live(models));
    ExecutorService threads = Executors.newFixedThreadPool(3);
    List<Future<Integer>> scorers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      scorers.add(threads.submit(() -> scoreUntilClosed(live)));
    }
    for (int i = 1; i <= 150; i++) {
      models.add(version(i));
      Version retired = models.size() > LIVE ? models.remove() : null;
      live.swap(live(models));
      if (retired != null) {
        retired.model().close();
      }
    }
    live.close();
    models.forEach(version -> version.model().close());
    threads.shutdown();

    assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    for (Future<Integer> scorer : scorers) {
      assertThat(scorer.get()).isPositive();
    }
    assertThat(SegmentSession.openCount()).isZero();
  }

  /** A head whose logits are its bias alone. */
  private static Version version(int number) {
    float bias = number / 100f;
    ModelPackage version =
        TOY.withHeadWeights(
            Map.of("head.output.weight", new float[8], "head.output.bias", new float[] {0, bias}),
            TOY.manifest().getLineage(),
            null,
            List.of());
    return new Version(LoadedModel.load(version), 1 / (1 + Math.exp(-bias)));
  }

  private static Live live(Deque<Version> models) {
    Map<String, Double> expected = new HashMap<>();
    models.forEach(version -> expected.put(version.model().version(), version.expected()));
    return new Live(SegmentTrie.open(models.stream().map(Version::model).toList()), expected);
  }

  private static int scoreUntilClosed(Leases<Live> live) {
    int scored = 0;
    while (true) {
      Optional<Leases<Live>.Lease> lease = live.acquire();
      if (lease.isEmpty()) {
        return scored;
      }
      try (Leases<Live>.Lease held = lease.get()) {
        SegmentTrie.Run run = held.get().trie().score(0, held.get().expected().keySet(), BATCH);
        assertThat(run.answers()).hasSameSizeAs(held.get().expected());
        assertThat(run.sessionRuns()).isEqualTo(1 + run.answers().size());
        run.answers()
            .forEach(
                (version, answer) ->
                    assertThat((double) good(answer))
                        .isCloseTo(held.get().expected().get(version), within(1e-6)));
        scored++;
      }
    }
  }

  private static float good(Answer answer) {
    return ((Answer.Given) answer).scored().get(0).probabilities()[1];
  }
}
