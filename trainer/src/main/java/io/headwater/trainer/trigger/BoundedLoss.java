package io.headwater.trainer.trigger;

import io.headwater.trainer.evaluate.Answered;
import io.headwater.trainer.evaluate.Served;
import io.headwater.trainer.evaluate.ServedValue;
import java.util.ArrayList;
import java.util.List;

/**
 * The loss of served answers in [0, 1], as ADWIN needs it. Of classes it is half the Brier score.
 * Of numbers it is e2 / (e2 + s2) (Geman and McClure, 1985), where s2 is the mean squared error of
 * the version's first answers: they are held back until there are enough of them.
 *
 * <p>Not safe for use by several threads.
 */
final class BoundedLoss {
  /** Answers that s2 is measured on. */
  private static final int MEASURED = 50;

  /** A loss and when its answer was given. */
  record Loss(double value, long at) {}

  private final List<ServedValue> first = new ArrayList<>();
  private double scale = Double.NaN;

  void clear() {
    first.clear();
    scale = Double.NaN;
  }

  /**
   * The losses that are known now: none, the answer's own, or those that were held back as well.
   */
  List<Loss> of(Answered answer) {
    if (answer instanceof Served served) {
      double loss = served.loss();
      return Double.isNaN(loss) ? List.of() : List.of(new Loss(loss, millis(answer)));
    }
    ServedValue value = (ServedValue) answer;
    if (!Double.isFinite(value.error())) {
      return List.of();
    }
    if (!Double.isNaN(scale)) {
      return List.of(loss(value));
    }
    first.add(value);
    if (first.size() < MEASURED) {
      return List.of();
    }
    scale = first.stream().mapToDouble(one -> one.error() * one.error()).average().orElse(0);
    List<Loss> losses = first.stream().map(this::loss).toList();
    first.clear();
    return losses;
  }

  private Loss loss(ServedValue value) {
    double square = value.error() * value.error();
    return new Loss(square == 0 ? 0 : Math.min(1, square / (square + scale)), millis(value));
  }

  private static long millis(Answered answer) {
    return answer.scoredAt().toEpochMilli();
  }
}
