package io.headwater.trainer.evaluate;

import io.headwater.trainer.evaluate.Evaluation.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * How good predicted numbers are, in the labels' unit.
 *
 * @param count examples judged
 * @param rmse root of the mean squared error
 * @param mae mean absolute error
 * @param r2 share of the truths' variance that is explained, 1 - SSE / SST; empty where the truths
 *     are all equal
 * @param constantRmse the rmse of predicting one number for all, the mean of what was trained on;
 *     empty where that is not known
 */
public record ValueFigures(
    int count, double rmse, double mae, OptionalDouble r2, OptionalDouble constantRmse)
    implements Figures {

  /** Judges predictions without a constant to hold them against. */
  public static ValueFigures of(double[] values, double[] truths) {
    return of(values, truths, OptionalDouble.empty());
  }

  /**
   * Judges predictions.
   *
   * @param constant what predicts without looking
   */
  public static ValueFigures of(double[] values, double[] truths, OptionalDouble constant) {
    if (values.length != truths.length) {
      throw new IllegalArgumentException(
          "%d answers for %d examples".formatted(values.length, truths.length));
    }
    if (truths.length == 0) {
      throw new IllegalArgumentException("no examples to judge by");
    }
    double mean = 0;
    for (double truth : truths) {
      mean += truth / truths.length;
    }
    double squares = 0;
    double absolute = 0;
    double spread = 0;
    double blind = 0;
    for (int i = 0; i < truths.length; i++) {
      double error = values[i] - truths[i];
      squares += error * error;
      absolute += Math.abs(error);
      spread += (truths[i] - mean) * (truths[i] - mean);
      double off = constant.orElse(mean) - truths[i];
      blind += off * off;
    }
    int n = truths.length;
    return new ValueFigures(
        n,
        Math.sqrt(squares / n),
        absolute / n,
        spread > 0 ? OptionalDouble.of(1 - squares / spread) : OptionalDouble.empty(),
        constant.isPresent() ? OptionalDouble.of(Math.sqrt(blind / n)) : OptionalDouble.empty());
  }

  @Override
  public List<Measure> measures() {
    List<Measure> measures = new ArrayList<>();
    measures.add(new Measure("count", count));
    measures.add(new Measure("mae", mae));
    r2.ifPresent(value -> measures.add(new Measure("r2", value)));
    measures.add(new Measure("rmse", rmse));
    constantRmse.ifPresent(value -> measures.add(new Measure("rmse-constant", value)));
    return measures;
  }

  @Override
  public List<Measure> headline() {
    return List.of(new Measure("rmse", rmse));
  }

  @Override
  public boolean betterThan(Figures other) {
    return other instanceof ValueFigures values && rmse < values.rmse;
  }

  @Override
  public String said() {
    return String.format(Locale.ROOT, "RMSE %.4g", rmse);
  }

  @Override
  public String against(Figures champion) {
    String theirs =
        champion instanceof ValueFigures values
            ? String.format(Locale.ROOT, "%.4g", values.rmse)
            : "none";
    String constant =
        constantRmse.isPresent()
            ? String.format(Locale.ROOT, " (a constant's %.4g)", constantRmse.getAsDouble())
            : "";
    return "%s against the champion's %s%s on %d held-out examples"
        .formatted(said(), theirs, constant, count);
  }
}
