package io.headwater.trainer.round;

import io.headwater.trainer.evaluate.Evaluation;
import java.util.Locale;
import java.util.Map;

/**
 * The head alone and the deeper segments on the same holdout. The deeper ones are kept only where
 * they are better: more accurate, or as accurate with a lower log-loss.
 */
record Contest(Evaluation head, Evaluation deeper) {
  boolean deeperIsBetter() {
    return deeper.accuracy() > head.accuracy()
        || (deeper.accuracy() == head.accuracy() && deeper.logLoss() < head.logLoss());
  }

  String said() {
    return String.format(
        Locale.ROOT,
        "the deeper segments reached accuracy %.4f and log-loss %.4f, the head alone %.4f and %.4f: %s",
        deeper.accuracy(),
        deeper.logLoss(),
        head.accuracy(),
        head.logLoss(),
        deeperIsBetter() ? "they are kept" : "the holdout overrules them");
  }

  Map<String, Double> numbers() {
    return Map.of(
        "freeze.deeper.accuracy", deeper.accuracy(),
        "freeze.deeper.log-loss", deeper.logLoss(),
        "freeze.head.accuracy", head.accuracy(),
        "freeze.head.log-loss", head.logLoss());
  }
}
