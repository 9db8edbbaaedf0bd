package io.headwater.trainer.plan;

import java.util.Arrays;

/**
 * How many examples there are of each class.
 *
 * @param byClass by class index; may hold zeros
 */
public record ExampleCounts(int[] byClass) {
  /** Counts classes given by index. */
  public static ExampleCounts of(int[] classes, int known) {
    int[] counts = new int[known];
    for (int index : classes) {
      counts[index]++;
    }
    return new ExampleCounts(counts);
  }

  /** Of the rarest class that occurs. */
  public int fewest() {
    return Arrays.stream(byClass).filter(count -> count > 0).min().orElse(0);
  }

  public int total() {
    return Arrays.stream(byClass).sum();
  }

  /** What the examples count for where each class counts alike: the rarest's, for each class. */
  public int balanced() {
    return fewest() * (int) Arrays.stream(byClass).filter(count -> count > 0).count();
  }
}
