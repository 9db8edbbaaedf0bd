package io.headwater.ops.bench.transfer;

import java.util.List;

/**
 * A mean over draws.
 *
 * @param error standard error of it; 0 of a single draw
 */
record Mean(double value, double error) {
  static Mean of(List<Double> values) {
    int count = values.size();
    double mean = values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return new Mean(mean, count < 2 ? 0 : Math.sqrt(squares / (count - 1) / count));
  }
}
