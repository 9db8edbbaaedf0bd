package io.headwater.model.pipeline;

import static io.headwater.model.pipeline.Key.defaulted;
import static io.headwater.model.pipeline.Key.optional;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The keys that hold where labels are numbers, and what does not go with them. */
record RegressionSection(Reading reading) {
  private static final double MOST = 1e30;

  static final Key<Double> LEVEL =
      optional(
          "decision.levels.<decision>",
          Kind.number(-MOST, MOST),
          "1000",
          "Where labels are numbers: decide so from this value on; of several, for the highest that"
              + " is reached.");
  static final Key<String> BELOW =
      optional(
          "decision.below",
          Kind.TEXT,
          "low",
          "Where labels are numbers: the decision below all levels. Without it that is empty.");
  static final Key<Regression.Loss> LOSS =
      defaulted(
          "training.loss",
          Kind.choice(Regression.Loss.class),
          "squared",
          "What a training makes small where labels are numbers: half the squared error, or Huber's"
              + " loss, for which outliers count less. Classes have cross-entropy.");
  static final Key<Double> HUBER_DELTA =
      defaulted(
          "training.huberDelta",
          Kind.number(1e-3, 1_000),
          "1.0",
          "Up to which error Huber's loss is squared, in standard deviations of the labels.");

  static List<Key<?>> decision() {
    return List.of(LEVEL, BELOW);
  }

  static List<Key<?>> training() {
    return List.of(LOSS, HUBER_DELTA);
  }

  /** What the file says; null where its labels are classes. */
  @Nullable Regression read(List<String> labels) {
    Map<String, Double> levels = levels();
    Optional<String> below = reading.find(BELOW);
    Regression regression =
        new Regression(reading.get(LOSS), reading.get(HUBER_DELTA), levels, below.orElse(""));
    if (!reading.sound(PipelineKeys.LABELS)) {
      return null;
    }
    if (labels.isEmpty()) {
      checkNumbers(levels, below);
      return regression;
    }
    refuseForClasses();
    return null;
  }

  private Map<String, Double> levels() {
    Map<String, Double> levels = new LinkedHashMap<>();
    Map<Double, String> byValue = new HashMap<>();
    for (String name : reading.names("decision", "levels")) {
      Optional<Double> from = reading.find(LEVEL, name);
      if (from.isPresent()) {
        levels.put(name, from.get());
        String other = byValue.put(from.get(), name);
        if (other != null) {
          reading.report(
              LEVEL.path(name),
              "the levels '%s' and '%s' begin at the same value".formatted(other, name),
              "write each value once");
        }
      }
    }
    return levels;
  }

  private void checkNumbers(Map<String, Double> levels, Optional<String> below) {
    below
        .filter(levels::containsKey)
        .ifPresent(
            name ->
                reading.report(
                    BELOW.path(),
                    "'decision.below' is '" + name + "', which is a level as well",
                    "give it a name of its own"));
    for (String label : reading.names("decision", "thresholds")) {
      forClasses(PipelineKeys.THRESHOLD, "write 'decision.levels' instead", label);
    }
    for (String label : reading.names("training", "classWeights")) {
      forClasses(TuningSection.CLASS_WEIGHT, "remove it", label);
    }
    if (reading.get(PipelineKeys.CALIBRATION) != Pipeline.Calibration.NONE) {
      forClasses(PipelineKeys.CALIBRATION, "remove it");
    }
    if (reading.get(TuningSection.SMOOTHING) > 0) {
      forClasses(TuningSection.SMOOTHING, "remove it");
    }
    forClasses(MemorySection.GUARD, "remove it");
    forClasses(MemorySection.REHEARSAL, "remove it");
    if (reading.get(PipelineKeys.UNLABELLED) == PipelineKeys.Unlabelled.NEGATIVE) {
      forClasses(PipelineKeys.UNLABELLED, "remove it: silence is no number");
    }
  }

  private void forClasses(Key<?> key, String mend, String... chosen) {
    if (reading.isGiven(key, chosen) && reading.sound(key, chosen)) {
      reading.report(
          key.path(chosen),
          "'" + String.join(".", key.path(chosen)) + "' is for classes, and labels are numbers",
          mend);
    }
  }

  private void refuseForClasses() {
    for (String name : reading.names("decision", "levels")) {
      forNumbers(LEVEL, "write 'decision.thresholds' instead", name);
    }
    forNumbers(BELOW, "remove it");
    forNumbers(LOSS, "remove it");
    forNumbers(HUBER_DELTA, "remove it");
  }

  private void forNumbers(Key<?> key, String mend, String... chosen) {
    if (reading.isGiven(key, chosen) && reading.sound(key, chosen)) {
      reading.report(
          key.path(chosen),
          "'" + String.join(".", key.path(chosen)) + "' is for numbers, and labels are classes",
          mend + ", or write 'labels: number'");
    }
  }
}
