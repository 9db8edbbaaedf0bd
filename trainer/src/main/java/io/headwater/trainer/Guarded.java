package io.headwater.trainer;

import io.headwater.schemas.Metric;
import io.headwater.trainer.evaluate.Evaluation;
import io.headwater.trainer.evaluate.Evaluation.Measure;
import io.headwater.trainer.evaluate.Tolerance;
import io.headwater.trainer.round.RejectReason;
import io.headwater.trainer.round.RoundOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a version and its parent do on the guard set.
 *
 * @param source the accuracy of the first of its ancestors that was judged on the same set
 */
record Guarded(Evaluation child, Evaluation parent, double source) {
  /** The figure of {@link #source}. */
  static final String SOURCE = "guard.source.accuracy";

  private static final String ACCURACY = "accuracy";
  private static final String LOG_LOSS = "log-loss";

  /** Figures by name. */
  List<Measure> measures() {
    List<Measure> measures = new ArrayList<>(of("guard.", child));
    measures.addAll(of("guard.parent.", parent));
    measures.add(new Measure(SOURCE, source));
    measures.add(new Measure("guard.count", child.count()));
    return measures;
  }

  private static List<Measure> of(String prefix, Evaluation evaluation) {
    return List.of(
        new Measure(prefix + ACCURACY, evaluation.accuracy()),
        new Measure(prefix + LOG_LOSS, evaluation.logLoss()));
  }

  /** As manifests hold them. */
  List<Metric> metrics() {
    return metrics(measures());
  }

  /** The figures of a version without a trained parent. */
  static List<Metric> metrics(Evaluation alone) {
    List<Measure> measures = new ArrayList<>(of("guard.", alone));
    measures.add(new Measure("guard.count", alone.count()));
    return metrics(measures);
  }

  private static List<Metric> metrics(List<Measure> measures) {
    return measures.stream().map(measure -> new Metric(measure.name(), measure.value())).toList();
  }

  /** A clause with the two accuracies. */
  String said() {
    return String.format(
        Locale.ROOT,
        "on the guard set of %d accuracy %.4f, its parent's %.4f, the first version's %.4f",
        child.count(),
        child.accuracy(),
        parent.accuracy(),
        source);
  }

  /** How a round ends that had ended well, once the guard set has spoken. */
  RoundOutcome judged(RoundOutcome.Accepted accepted, @Nullable Double tolerance) {
    Optional<String> refusal = refusal(tolerance);
    return refusal.isPresent()
        ? new RoundOutcome.Rejected(
            RejectReason.FORGOT,
            refusal.get(),
            accepted.comparison(),
            accepted.weights(),
            accepted.trainedOn(),
            accepted.depths())
        : new RoundOutcome.Accepted(
            accepted.reason() + "; " + said(),
            accepted.judged(),
            accepted.weights(),
            accepted.trainedOn(),
            accepted.depths(),
            accepted.part());
  }

  /**
   * Why the version must not be published; empty where it may. The measure is the first version, as
   * many small falls add up.
   *
   * @param tolerance how far the accuracy may fall; null for as far as it will
   */
  Optional<String> refusal(@Nullable Double tolerance) {
    return tolerance == null || Tolerance.allows(source - child.accuracy(), tolerance)
        ? Optional.empty()
        : Optional.of(
            said()
                + ", which it is more than %s (training.guardTolerance) below"
                    .formatted(tolerance));
  }
}
