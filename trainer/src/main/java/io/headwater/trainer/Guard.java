package io.headwater.trainer;

import io.headwater.model.featurise.FeatureException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.pack.SourceHead;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.Crossing;
import io.headwater.model.runtime.Head;
import io.headwater.model.runtime.Prefix;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Metric;
import io.headwater.schemas.Setting;
import io.headwater.trainer.evaluate.Evaluation;
import io.headwater.trainer.evaluate.Tolerance;
import io.headwater.trainer.round.Leash;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.HeadRunner;
import io.headwater.trainer.tune.Targets;
import io.headwater.trainer.tune.TrainingSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Labelled events of the task that a model was trained for: how well versions still do on them
 * tells what was forgotten.
 *
 * <p>Events are featurised as the scorer does, one by one. What the frozen segments answer is kept
 * for the last two of their kind. Not safe for use by several threads.
 */
public final class Guard {
  /** The setting that names the file by its SHA-256. */
  static final String DIGEST = "guard.sha256";

  private static final int PREFIXES = 2;

  private final Path file;
  private final String digest;
  private final List<LabelledEvent> events;
  private final Map<String, List<Crossing>> answered = new LinkedHashMap<>();

  private Guard(Path file, String digest, List<LabelledEvent> events) {
    this.file = file;
    this.digest = digest;
    this.events = List.copyOf(events);
  }

  /**
   * That the files of labelled events which a pipeline's trainer reads are there and sound.
   *
   * @throws IllegalArgumentException naming the file, and the line that can't be used
   */
  public static void requireReadable(Pipeline pipeline) {
    Guard unused = of(pipeline);
    Rehearsal unusedToo = Rehearsal.of(pipeline);
  }

  /** The pipeline's; null where it has none. */
  static @Nullable Guard of(Pipeline pipeline) {
    Path file = pipeline.training().memory().guard();
    return file == null ? null : read(file, pipeline.labels());
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException naming the file, and the line that can't be used
   */
  static Guard read(Path file, List<String> labels) {
    LabelledFile read = LabelledFile.read(file, labels, "training.guard");
    return new Guard(file, read.digest(), read.events());
  }

  /** SHA-256 of the file. */
  String digest() {
    return digest;
  }

  /** What a version and its parent make of it. */
  Guarded judge(ModelPackage version, ModelPackage parent) {
    Evaluation before = evaluate(parent);
    return new Guarded(evaluate(version), before, source(parent.manifest(), before.accuracy()));
  }

  /**
   * Holds a head back where its accuracy on the set falls further below the first version's than is
   * tolerated, to as much of the way from that one's head as is not.
   */
  Leash leash(Champion champion, double tolerance) {
    int[] classes = classes(champion.model().manifest().getLabels());
    float[] alike = new float[classes.length];
    Arrays.fill(alike, 1);
    TrainingSet rows = TrainingSet.of(rows(champion.model()), new Targets.Classes(classes), alike);
    double own = accuracy(champion, champion.head(), rows, classes);
    double first = source(champion.model().manifest(), own);
    HeadGraph from = sourceHead(champion).orElse(champion.head());
    return Leash.within(
        from, head -> Tolerance.allows(first - accuracy(champion, head, rows, classes), tolerance));
  }

  /** What a version that is trained from the champion has to remember, by setting. */
  Map<String, String> memory(Champion champion) {
    Manifest manifest = champion.model().manifest();
    Map<String, String> memory =
        new HashMap<>(
            sourceHead(champion).isPresent()
                ? SourceHead.of(manifest.getLineage())
                : SourceHead.of(manifest));
    memory.put(DIGEST, digest);
    return memory;
  }

  private Optional<HeadGraph> sourceHead(Champion champion) {
    ModelPackage model = champion.model();
    return wasJudged(model.manifest()) ? champion.sourceHead(model) : Optional.empty();
  }

  private static double accuracy(
      Champion champion, HeadGraph head, TrainingSet rows, int[] classes) {
    float[][] answers = HeadRunner.probabilities(head, rows);
    int right = 0;
    for (int i = 0; i < answers.length; i++) {
      right += champion.decide(answers[i]) == classes[i] ? 1 : 0;
    }
    return (double) right / answers.length;
  }

  private int[] classes(List<String> labels) {
    return events.stream().mapToInt(event -> labels.indexOf(event.label())).toArray();
  }

  /** What the first ancestor that was judged on this file came to: as manifests hand it on. */
  private double source(Manifest parent, double own) {
    return wasJudged(parent)
        ? parent.getMetrics().stream()
            .filter(metric -> metric.getName().equals(Guarded.SOURCE))
            .mapToDouble(Metric::getValue)
            .findFirst()
            .orElse(own)
        : own;
  }

  private boolean wasJudged(Manifest version) {
    return version.getLineage().getSettings().contains(new Setting(DIGEST, digest));
  }

  /** What a version makes of it. */
  Evaluation evaluate(ModelPackage version) {
    List<String> labels = version.manifest().getLabels();
    List<Crossing> rows = rows(version);
    int[] decisions = new int[rows.size()];
    float[][] probabilities;
    try (Head head = Head.load(version)) {
      probabilities =
          head.readsOneActivation()
              ? head.probabilities(rows.stream().map(Crossing::values).toList())
              : head.answers(rows);
      for (int i = 0; i < decisions.length; i++) {
        decisions[i] = labels.indexOf(head.decide(probabilities[i]));
      }
    }
    return Evaluation.of(probabilities, decisions, classes(labels));
  }

  private List<Crossing> rows(ModelPackage version) {
    String prefix = Segments.prefixDigest(version.manifest());
    List<Crossing> known = answered.remove(prefix);
    List<Crossing> rows = known == null ? run(version) : known;
    answered.put(prefix, rows);
    while (answered.size() > PREFIXES) {
      answered.remove(answered.keySet().iterator().next());
    }
    return rows;
  }

  private List<Crossing> run(ModelPackage version) {
    List<Crossing> rows = new ArrayList<>();
    int head = Segments.trainableCount(version.manifest());
    try (Prefix prefix = Prefix.open(version, head)) {
      for (int i = 0; i < events.size(); i++) {
        rows.add(prefix.run(events.get(i).event()));
      }
    } catch (FeatureException e) {
      throw new IllegalArgumentException(
          "event %d of the guard set %s can't be featurised: %s"
              .formatted(rows.size() + 1, file, e.getMessage()),
          e);
    }
    return rows;
  }
}
