package io.headwater.ops.bench;

import java.util.List;

/**
 * A straight line through values over their index, by least squares.
 *
 * @param perStep its slope; NaN of fewer than two values
 * @param standardError of the slope, as if the residuals were independent: a lower bound where
 *     neighbours are alike, as those of memory are; NaN of fewer than three values
 */
record Slope(double perStep, double standardError) {
  static Slope of(List<Double> values) {
    int n = values.size();
    double meanX = (n - 1) / 2.0;
    double meanY = values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    double across = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      across += (i - meanX) * (values.get(i) - meanY);
      squares += (i - meanX) * (i - meanX);
    }
    double slope = squares == 0 ? Double.NaN : across / squares;
    double residuals = 0;
    for (int i = 0; i < n; i++) {
      double off = values.get(i) - meanY - slope * (i - meanX);
      residuals += off * off;
    }
    return new Slope(slope, n < 3 ? Double.NaN : Math.sqrt(residuals / (n - 2) / squares));
  }
}
