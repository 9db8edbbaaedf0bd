package io.headwater.trainer.gradient;

import java.util.HashMap;
import java.util.Map;

/**
 * What is known of the shapes of a graph's values.
 *
 * @param dims dimensions by value; -1 is one that changes from run to run
 */
public record Shapes(Map<String, long[]> dims) {
  /** A dimension that changes from run to run. */
  public static final long FREE = -1;

  public Shapes {
    dims = Map.copyOf(dims);
  }

  /**
   * Joins what two runs of different batch sizes showed: a dimension equal in both is fixed.
   *
   * @throws GradientException where a value's rank differs between the runs
   */
  public static Shapes ofTwoRuns(Map<String, long[]> first, Map<String, long[]> second) {
    Map<String, long[]> dims = new HashMap<>();
    first.forEach(
        (name, a) -> {
          long[] b = second.get(name);
          if (b == null || a.length != b.length) {
            throw new GradientException("the rank of value '" + name + "' changes with the batch");
          }
          long[] joined = a.clone();
          for (int i = 0; i < a.length; i++) {
            joined[i] = a[i] == b[i] ? a[i] : FREE;
          }
          dims.put(name, joined);
        });
    return new Shapes(dims);
  }

  public long[] of(String value) {
    long[] known = dims.get(value);
    if (known == null) {
      throw new GradientException("the shape of value '" + value + "' is not known");
    }
    return known.clone();
  }

  int rank(String value) {
    return of(value).length;
  }
}
