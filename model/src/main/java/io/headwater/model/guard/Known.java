package io.headwater.model.guard;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What can be told of a value before a model runs.
 *
 * @param dims its dims, {@link #FREE} where unknown; null where even their number is
 * @param numbers its values in row-major order, where they are few; not-a-number stands for one
 *     that is unknown
 * @param constant whether it depends on nothing but constants, so that loading may compute it
 */
record Known(double @Nullable [] dims, double @Nullable [] numbers, boolean constant) {
  static final double FREE = Double.NaN;

  /** Shapes and the like are shorter. */
  static final int FEW = 64;

  static final Known NOTHING = new Known(null, null, false);

  static Known shaped(double @Nullable [] dims, boolean constant) {
    return new Known(dims, null, constant);
  }

  static Known vector(double[] numbers, boolean constant) {
    return numbers.length > FEW
        ? shaped(new double[] {numbers.length}, constant)
        : new Known(new double[] {numbers.length}, numbers, constant);
  }

  /** The fewest elements that it can have, but for a dim of zero: free dims count as 1. */
  double elements() {
    if (dims == null) {
      return 1;
    }
    return Arrays.stream(dims).map(dim -> Double.isNaN(dim) ? 1 : dim).reduce(1, (a, b) -> a * b);
  }

  /** Whether nothing is unknown of its numbers. */
  boolean isCounted() {
    return numbers != null && Arrays.stream(numbers).noneMatch(Double::isNaN);
  }
}
