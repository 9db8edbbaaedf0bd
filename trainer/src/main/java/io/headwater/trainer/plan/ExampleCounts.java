package io.headwater.trainer.plan;

import java.util.Arrays;

/**
 * How many examples there are of each class; where labels are numbers, in all.
 *
 * @param byClass by class index; may hold zeros
 * @param classes false where labels are numbers, which make one class
 */
public record ExampleCounts(int[] byClass, boolean classes) {
  /** Of each class. */
  public ExampleCounts(int[] byClass) {
    this(byClass, true);
  }

  /** Of numbers. */
  public static ExampleCounts ofNumbers(int count) {
    return new ExampleCounts(new int[] {count}, false);
  }

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

  /** What the {@link #fewest} are of, behind their number. */
  String ofFewest() {
    return classes ? " of the rarest class" : "";
  }

  public int total() {
    return Arrays.stream(byClass).sum();
  }

  /** What the examples count for where each class counts alike: the rarest's, for each class. */
  public int balanced() {
    return fewest() * (int) Arrays.stream(byClass).filter(count -> count > 0).count();
  }
}
