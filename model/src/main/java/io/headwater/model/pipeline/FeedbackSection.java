package io.headwater.model.pipeline;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the section {@code feedback} of a pipeline file. */
record FeedbackSection(Reading reading) {
  static final Key<Pipeline.Activations> ACTIVATIONS =
      Key.defaulted(
          "feedback.activations",
          Kind.choice(Pipeline.Activations.class),
          "log",
          "Where a training has the activations that the head reads from: log has the scorer's own"
              + " travel in each example; recompute has the trainer run the model over the event"
              + " again, which must then still be on its topic.");

  Pipeline.Feedback read(List<String> labels) {
    boolean enabled = reading.get(PipelineKeys.FEEDBACK);
    Pipeline.Silence silence = silence(labels);
    if (!enabled && silence != null && reading.sound(PipelineKeys.FEEDBACK)) {
      reading.report(
          PipelineKeys.FEEDBACK.path(),
          "'feedback.enabled' is false, and 'feedback.unlabelledAfterMaturity' makes examples",
          "remove one of them");
    }
    return new Pipeline.Feedback(
        enabled,
        reading.get(PipelineKeys.JOIN_WINDOW),
        reading.get(PipelineKeys.COPARTITIONED),
        silence,
        reading.get(ACTIVATIONS));
  }

  private Pipeline.@Nullable Silence silence(List<String> labels) {
    boolean negative =
        reading.get(PipelineKeys.UNLABELLED) == PipelineKeys.Unlabelled.NEGATIVE
            && reading.sound(PipelineKeys.UNLABELLED);
    Optional<Duration> maturity = reading.find(PipelineKeys.MATURITY);
    Optional<String> label = reading.find(PipelineKeys.NEGATIVE);
    label.ifPresent(named -> checkLabel(named, labels));
    if (!negative) {
      reportUnused(PipelineKeys.MATURITY, maturity);
      reportUnused(PipelineKeys.NEGATIVE, label);
      return null;
    }
    if (maturity.isEmpty()) {
      if (reading.sound(PipelineKeys.MATURITY)) {
        reading.report(
            PipelineKeys.UNLABELLED.path(),
            "'feedback.unlabelledAfterMaturity' is negative, and there is no 'feedback.maturity'",
            "write 'maturity: " + PipelineKeys.MATURITY.sample() + "' beside it");
      }
      return null;
    }
    checkMaturity(maturity.get());
    if (labels.isEmpty()) {
      return null;
    }
    return new Pipeline.Silence(maturity.get(), label.orElse(requireNonNull(labels.get(0))));
  }

  private void checkLabel(String label, List<String> labels) {
    boolean classes = reading.sound(PipelineKeys.LABELS) && !labels.isEmpty();
    if (classes && !labels.contains(label)) {
      reading.report(
          PipelineKeys.NEGATIVE.path(),
          "'feedback.negative' is '" + label + "', which is no label",
          NearMiss.of(label, labels)
              .map(near -> "did you mean '" + near + "'?")
              .orElse("write one of " + String.join(", ", labels)));
    }
  }

  private void checkMaturity(Duration maturity) {
    Duration window = reading.get(PipelineKeys.JOIN_WINDOW);
    if (reading.sound(PipelineKeys.JOIN_WINDOW) && maturity.compareTo(window) > 0) {
      reading.report(
          PipelineKeys.MATURITY.path(),
          "'feedback.maturity' is longer than 'feedback.joinWindow', after which nothing joins",
          "write at most the joinWindow");
    }
  }

  private void reportUnused(Key<?> key, Optional<?> given) {
    if (given.isPresent() && reading.sound(PipelineKeys.UNLABELLED)) {
      reading.report(
          key.path(),
          "'" + key.dotted() + "' is given, and 'feedback.unlabelledAfterMaturity' ignores silence",
          "write 'unlabelledAfterMaturity: negative', or remove it");
    }
  }
}
