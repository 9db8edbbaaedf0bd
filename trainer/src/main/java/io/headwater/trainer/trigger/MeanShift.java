package io.headwater.trainer.trigger;

import io.headwater.model.pipeline.Triggers;
import io.headwater.trainer.evaluate.Evaluation.Measure;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Compares the means of a window of vectors with those of a reference, window by window.
 *
 * <p>Each number is measured in the reference's standard deviations; numbers that are constant in
 * the reference are left out. The distance of the means is then what the kernel two-sample test
 * takes with a linear kernel (Gretton et al., A Kernel Two-Sample Test, 2012). Two things must hold
 * to fire: the root mean square of the shift, less what sampling alone adds, reaches the threshold;
 * and its square, times nm / (n + m) and over the pooled variance, reaches 10.83. By Szekely and
 * Bakirov (Extremal probabilities for Gaussian quadratic forms, 2003) chance exceeds that at most
 * one time in a thousand, however the numbers hang together.
 *
 * <p>Not safe for use by several threads.
 */
final class MeanShift {
  /** 0.999 quantile of chi-squared with one degree of freedom. */
  private static final double CRITICAL = 10.828;

  private static final double CONSTANT = 1e-12;

  private final double threshold;
  private final int window;
  private double[] mean = new double[0];
  private double[] deviation = new double[0];
  private int moving;
  private int referenceCount;
  private double[] sum = new double[0];
  private double squares;
  private int count;
  private Instant began = Instant.EPOCH;
  private double last = Double.NaN;

  MeanShift(Triggers.Activations settings) {
    this.threshold = settings.shift();
    this.window = settings.window();
  }

  /** Takes a new reference, of vectors of one width, and starts a new window. */
  void reference(List<float[]> vectors) {
    int width = vectors.isEmpty() ? 0 : vectors.get(0).length;
    mean = new double[width];
    deviation = new double[width];
    referenceCount = vectors.size();
    moving = 0;
    for (float[] vector : vectors) {
      for (int i = 0; i < width; i++) {
        mean[i] += vector[i] / referenceCount;
      }
    }
    for (float[] vector : vectors) {
      for (int i = 0; i < width; i++) {
        deviation[i] += (vector[i] - mean[i]) * (vector[i] - mean[i]) / referenceCount;
      }
    }
    for (int i = 0; i < width; i++) {
      deviation[i] = Math.sqrt(deviation[i]);
      moving += deviation[i] > CONSTANT ? 1 : 0;
    }
    sum = new double[width];
    restart();
  }

  /** Takes a vector in; one of another width than the reference's is passed over. */
  Optional<Firing> add(float[] vector, Instant at) {
    if (moving == 0 || vector.length != mean.length) {
      return Optional.empty();
    }
    if (count == 0) {
      began = at;
    }
    for (int i = 0; i < vector.length; i++) {
      if (deviation[i] > CONSTANT) {
        double standard = (vector[i] - mean[i]) / deviation[i];
        sum[i] += standard;
        squares += standard * standard;
      }
    }
    count++;
    if (count < window) {
      return Optional.empty();
    }
    Optional<Firing> firing = compare();
    restart();
    return firing;
  }

  /** Shift of the last full window, in standard deviations; NaN before the first. */
  double last() {
    return last;
  }

  private Optional<Firing> compare() {
    double square = 0;
    for (double each : sum) {
      square += each / count * (each / count);
    }
    double n = referenceCount;
    double m = count;
    double pooled = (n * moving + (squares - m * square)) / (n + m);
    double statistic = n * m / (n + m) * square / pooled;
    double byChance = pooled * (1 / n + 1 / m);
    last = Math.sqrt(Math.max(0, square - byChance) / moving);
    if (last < threshold || statistic < CRITICAL) {
      return Optional.empty();
    }
    return Optional.of(
        new Firing(
            TriggerKind.ACTIVATIONS,
            String.format(
                Locale.ROOT,
                "the activations' means moved by %.3f standard deviations (threshold %.3f)",
                last,
                threshold),
            began,
            List.of(
                new Measure("shift", last),
                new Measure("threshold", threshold),
                new Measure("statistic", statistic),
                new Measure("count", count),
                new Measure("reference", referenceCount))));
  }

  private void restart() {
    Arrays.fill(sum, 0);
    squares = 0;
    count = 0;
  }
}
