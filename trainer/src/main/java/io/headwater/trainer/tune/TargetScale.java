package io.headwater.trainer.tune;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Standardises the numbers that a head is to predict while it is tuned, so that its rates fit
 * whatever unit they are in, and folds that back into its last linear layer: y' = (y - mean) /
 * deviation. A head that does not end in a linear layer is tuned in the plain unit; one whose last
 * layer adds nothing is scaled and not shifted.
 */
public final class TargetScale {
  private final double mean;
  private final double deviation;
  private final LinearEnd end;

  private TargetScale(double mean, double deviation, LinearEnd end) {
    this.mean = mean;
    this.deviation = deviation;
    this.end = end;
  }

  /**
   * Fits it.
   *
   * @param numbers what the head is to predict; at least one
   */
  public static TargetScale of(HeadGraph head, double... numbers) {
    Optional<LinearEnd> found = LinearEnd.of(head.model().getGraph(), head.outputName());
    Map<String, float[]> weights = head.weights();
    if (found.isEmpty()
        || !weights.keySet().containsAll(found.get().matrices())
        || !weights.keySet().containsAll(found.get().biases())) {
      return new TargetScale(0, 1, new LinearEnd(List.of(), List.of()));
    }
    boolean shifts = !found.get().biases().isEmpty();
    double mean = shifts ? mean(numbers) : 0;
    double square = 0;
    for (double number : numbers) {
      square += (number - mean) * (number - mean) / numbers.length;
    }
    return new TargetScale(mean, square > 0 ? Math.sqrt(square) : 1, found.get());
  }

  /** The numbers as the head is tuned to them. */
  public Targets applied(double... numbers) {
    float[][] rows = new float[numbers.length][1];
    for (int i = 0; i < rows.length; i++) {
      rows[i][0] = (float) ((numbers[i] - mean) / deviation);
    }
    return new Targets.Values(rows);
  }

  /** A head that answers in the plain unit, as one that answers standardised numbers. */
  public HeadGraph into(HeadGraph head) {
    return head.with(affine(head.weights(), 1 / deviation, -mean / deviation));
  }

  /** Tuned weights in the plain unit. */
  public Map<String, float[]> back(Map<String, float[]> tuned) {
    Map<String, float[]> plain = new HashMap<>(tuned);
    plain.putAll(affine(tuned, deviation, mean));
    return plain;
  }

  /**
   * A head whose answers are scaled and shifted so that they fit the numbers best, by least squares
   * (shifts alone where they don't vary): so that one that starts far off, as a model of another
   * unit does, has not all its way to go by the rate of the descent.
   *
   * @param answers of the head, to the examples that have the numbers
   */
  public HeadGraph aligned(HeadGraph head, double[] answers, double... numbers) {
    boolean shifts = !end.biases().isEmpty();
    double x = shifts ? mean(answers) : 0;
    double y = shifts ? mean(numbers) : 0;
    double square = 0;
    double product = 0;
    for (int i = 0; i < answers.length; i++) {
      square += (answers[i] - x) * (answers[i] - x);
      product += (answers[i] - x) * (numbers[i] - y);
    }
    double factor = product / square;
    boolean scales = Double.isFinite(factor) && factor != 0;
    double by = scales ? factor : 1;
    return head.with(affine(head.weights(), by, y - by * x));
  }

  private static double mean(double... numbers) {
    return Arrays.stream(numbers).average().orElse(0);
  }

  private Map<String, float[]> affine(Map<String, float[]> weights, double by, double plus) {
    Map<String, float[]> changed = new HashMap<>();
    end.matrices().forEach(name -> changed.put(name, times(weights, name, by)));
    for (int i = 0; i < end.biases().size(); i++) {
      String name = end.biases().get(i);
      float[] bias = times(weights, name, by);
      changed.put(name, i == 0 ? plus(bias, plus) : bias);
    }
    return changed;
  }

  private static float[] times(Map<String, float[]> weights, String name, double factor) {
    float[] values = weights.getOrDefault(name, new float[0]).clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] * factor);
    }
    return values;
  }

  private static float[] plus(float[] values, double summand) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] + summand);
    }
    return values;
  }
}
