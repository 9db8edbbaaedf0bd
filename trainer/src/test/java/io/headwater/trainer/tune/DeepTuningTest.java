package io.headwater.trainer.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.headwater.model.onnx.HeadInput;
import io.headwater.model.onnx.ImportRequest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.Crossing;
import io.headwater.model.runtime.Head;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.model.runtime.Prefix;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Segment;
import io.headwater.schemas.Weight;
import io.headwater.trainer.tune.TuneOutcome.Tuned;
import io.headwater.trainer.tune.TuneSettings.Start;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeepTuningTest {
  private static final float SAME = 2e-6f;

  private record Task(List<JsonNode> events, int[] classes, float[] weights) {
    static Task of(List<JsonNode> events, int[] classes) {
      float[] weights = new float[classes.length];
      Arrays.fill(weights, 1);
      return new Task(events, classes, weights);
    }

    TrainingSet crossing(ModelPackage version, int last) throws Exception {
      List<Crossing> rows = new ArrayList<>();
      try (Prefix prefix = Prefix.open(version, last)) {
        for (JsonNode event : events) {
          rows.add(prefix.run(event));
        }
      }
      return TrainingSet.of(rows, classes, weights);
    }
  }

  /** The class is whether the first two of eight numbers have one sign. */
  private static Task signs(int size, long seed) {
    Random random = new Random(seed);
    List<JsonNode> events = new ArrayList<>();
    int[] classes = new int[size];
    for (int i = 0; i < size; i++) {
      double[] x = random.doubles(8, -1, 1).toArray();
      classes[i] = x[0] * x[1] > 0 ? 1 : 0;
      events.add(Chains.event(x));
    }
    return Task.of(events, classes);
  }

  private static Task texts() {
    String[] words = {"good", "fine", "lovely", "bad", "poor", "awful"};
    List<JsonNode> events = new ArrayList<>();
    int[] classes = new int[24];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = i % 2;
      String text = "the film was " + words[classes[i] * 3 + i / 2 % 3] + " to me ".repeat(i % 8);
      events.add(JsonNodeFactory.instance.objectNode().put("text", text));
    }
    return Task.of(events, classes);
  }

  private static TuneSettings settings(int epochs, double rate) {
    return new TuneSettings(
        epochs, 16, rate, 0.01, 0.9, 0.999, 1e-8, 0.1, 1, false, Start.WARM, 42);
  }

  private static Tuned tune(ModelPackage version, int last, TrainingSet set, TuneSettings how) {
    return (Tuned) HeadTuner.tune(HeadGraph.of(version, last), set, how);
  }

  private static ModelPackage published(ModelPackage parent, int last, Tuned tuned) {
    return parent.withWeights(
        parent.version(), tuned.weights(), last, parent.manifest().getLineage(), null, List.of());
  }

  private static double accuracy(ModelPackage version, Task task) throws Exception {
    int right = 0;
    try (LoadedModel model = LoadedModel.load(version)) {
      for (int i = 0; i < task.classes.length; i++) {
        float[] answer =
            model.score(List.of(model.featurise(task.events.get(i)))).get(0).probabilities();
        right += (answer[1] > answer[0] ? 1 : 0) == task.classes[i] ? 1 : 0;
      }
    }
    return (double) right / task.classes.length;
  }

  /** That the published version answers, in plain ONNX Runtime, as the graph that was trained. */
  private static void answersAsTrained(
      ModelPackage parent, int last, Tuned tuned, Task task, ModelPackage child) throws Exception {
    TrainingSet set = task.crossing(parent, last);
    float[][] trained =
        HeadRunner.probabilities(HeadGraph.of(parent, last).with(tuned.weights()), set);
    List<Crossing> rows = new ArrayList<>();
    for (int i = 0; i < set.size(); i++) {
      rows.add(new Crossing(set.activations()[i], set.shapes().get(i)));
    }
    try (Head head = Head.load(child, last);
        LoadedModel whole = LoadedModel.load(child)) {
      float[][] alone = head.answers(rows);
      for (int i = 0; i < trained.length; i++) {
        assertThat(alone[i]).containsExactly(trained[i], within(SAME));
        float[] scored =
            whole.score(List.of(whole.featurise(task.events.get(i)))).get(0).probabilities();
        assertThat(scored).containsExactly(trained[i], within(1e-5f));
      }
    }
  }

  private static List<String> digests(List<Segment> segments) {
    return segments.stream().map(segment -> Segments.digest(List.of(segment))).toList();
  }

  private static long newBytes(ModelPackage parent, ModelPackage child) {
    Set<String> known = new HashSet<>();
    parent.manifest().getBlobs().forEach(blob -> known.add(blob.getDigest()));
    return child.manifest().getBlobs().stream()
        .filter(blob -> !known.contains(blob.getDigest()))
        .mapToLong(blob -> blob.getBytes())
        .sum();
  }

  @Test
  void tune_deeperSegments_learnWhatTheHeadAloneCant() throws Exception {
    ModelPackage mlp = Chains.asIs(Chains.vectors(""), Chains.mlp(3, 8, 16, 6, 2));
    Task task = signs(600, 1);
    Task fresh = signs(300, 2);
    double[] accuracy = new double[4];
    for (int last = 1; last <= 3; last++) {
      Tuned tuned = tune(mlp, last, task.crossing(mlp, last), settings(60, 0.02));
      ModelPackage child = published(mlp, last, tuned);
      accuracy[last] = accuracy(child, fresh);
      answersAsTrained(mlp, last, tuned, fresh, child);
      List<String> before = digests(mlp.manifest().getSegments());
      List<String> after = digests(child.manifest().getSegments());
      assertThat(after.subList(0, 3 - last)).isEqualTo(before.subList(0, 3 - last));
      assertThat(after.subList(3 - last, 3)).doesNotContainAnyElementsOf(before);
    }
    assertThat(accuracy[1]).isLessThan(0.75);
    assertThat(accuracy[3]).isGreaterThan(accuracy[1] + 0.15).isGreaterThan(0.85);
  }

  @Test
  void tune_again_givesTheSameBits() throws Exception {
    ModelPackage mlp = Chains.asIs(Chains.vectors(""), Chains.mlp(3, 8, 16, 6, 2));
    TrainingSet set = signs(64, 1).crossing(mlp, 2);
    Tuned one = tune(mlp, 2, set, settings(3, 0.01));
    Tuned two = tune(mlp, 2, set, settings(3, 0.01));
    one.weights().forEach((name, w) -> assertThat(two.weights()).containsEntry(name, w));
  }

  @Test
  void segmentRate_small_keepsTheBackboneNearItsOldWeights() throws Exception {
    ModelPackage mlp = Chains.asIs(Chains.vectors(""), Chains.mlp(3, 8, 16, 6, 2));
    TrainingSet set = signs(200, 1).crossing(mlp, 3);
    TuneSettings free = settings(5, 0.01);
    Refinements none = Refinements.NONE;
    TuneSettings slow = free.with(new Refinements(none.loss(), 0, 0, 1, 0, List.of(), 0.01));
    float[] start = HeadGraph.of(mlp, 3).weights().get("w1");
    float[] far = tune(mlp, 3, set, free).weights().get("w1");
    float[] near = tune(mlp, 3, set, slow).weights().get("w1");
    assertThat(distance(near, start)).isPositive().isLessThan(distance(far, start) / 10);
  }

  @Test
  void tune_stagesOfACnn_learnsAndKeepsTheSourcesStatistics() throws Exception {
    ModelPackage cnn =
        Chains.imported(
            Chains.vectors(""),
            Chains.cnn(5),
            null,
            new ImportRequest.NewHead(0, HeadInput.AS_IS),
            null,
            1);
    Task task = stripes(120);
    int all = cnn.manifest().getSegments().size();
    assertThat(all).isEqualTo(3);
    Tuned head = tune(cnn, 1, task.crossing(cnn, 1), settings(30, 0.02));
    Tuned tuned = tune(cnn, all, task.crossing(cnn, all), settings(30, 0.02));
    assertThat(tuned.losses().get(29)).isLessThan(head.losses().get(29) / 2);
    assertThat(tuned.weights())
        .containsKeys("k1", "scale1", "shift2")
        .doesNotContainKeys("mean1", "variance1", "mean2", "variance2");
    ModelPackage child = published(cnn, all, tuned);
    assertThat(digest(child, "mean2")).isEqualTo(digest(cnn, "mean2"));
    assertThat(digest(child, "k2")).isNotEqualTo(digest(cnn, "k2"));
    answersAsTrained(cnn, all, tuned, task, child);
  }

  /** The class is whether the stripes of a picture lie or stand. */
  private static Task stripes(int size) {
    Random random = new Random(7);
    List<JsonNode> events = new ArrayList<>();
    int[] classes = new int[size];
    for (int i = 0; i < size; i++) {
      classes[i] = random.nextInt(2);
      int phase = random.nextInt(2);
      double[] pixels = new double[64];
      for (int p = 0; p < 64; p++) {
        int line = classes[i] == 0 ? p / 8 : p % 8;
        pixels[p] = ((line + phase) % 2 == 0 ? 0.5 : -0.5) + random.nextGaussian();
      }
      events.add(Chains.event(pixels));
    }
    return Task.of(events, classes);
  }

  private static String digest(ModelPackage version, String weight) {
    return version.manifest().getSegments().stream()
        .flatMap(segment -> segment.getWeights().stream())
        .filter(one -> one.getName().equals(weight))
        .map(Weight::getDigest)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void tune_lastBlocksOfMiniLm_fallsInLossAndShipsThemAlone() throws Exception {
    Pipeline pipeline = Chains.texts("");
    ModelPackage untrained = Chains.miniLm(pipeline, false, 1);
    int last = 3;
    Task task = texts();
    TrainingSet set = task.crossing(untrained, last);
    assertThat(new HashSet<>(set.shapes())).as("lengths differ").hasSizeGreaterThan(1);
    assertThat(set.shapes().get(0).inputs()).as("hidden states and the mask").hasSize(3);

    Tuned tuned = tune(untrained, last, set, settings(4, 1e-3));
    ModelPackage child = published(untrained, last, tuned);

    assertThat(tuned.losses().get(3)).isLessThan(tuned.losses().get(0) / 2);
    Manifest manifest = child.manifest();
    int kept = manifest.getSegments().size() - last;
    assertThat(digests(manifest.getSegments().subList(0, kept)))
        .isEqualTo(digests(untrained.manifest().getSegments().subList(0, kept)));
    long whole = manifest.getBlobs().stream().mapToLong(blob -> blob.getBytes()).sum();
    assertThat((double) newBytes(untrained, child) / whole).isBetween(0.05, 0.10);
    answersAsTrained(untrained, last, tuned, task, child);
  }

  private static double distance(float[] a, float[] b) {
    double square = 0;
    for (int i = 0; i < a.length; i++) {
      square += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(square);
  }
}
