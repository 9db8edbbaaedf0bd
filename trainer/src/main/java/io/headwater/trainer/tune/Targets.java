package io.headwater.trainer.tune;

import java.util.Arrays;

/** What a head is to answer to each example of a set. */
public sealed interface Targets {
  int size();

  /**
   * Writes one example's row.
   *
   * @param smoothing share of it that is spread evenly
   * @throws IllegalArgumentException where the row does not have that many outputs
   */
  void row(int example, float[] into, double smoothing);

  /** One of several classes, by index; of a row of one output, how likely the second of two is. */
  record Classes(int[] classes) implements Targets {
    @Override
    public int size() {
      return classes.length;
    }

    @Override
    public void row(int example, float[] into, double smoothing) {
      int known = Math.max(2, into.length);
      if (classes[example] < 0 || classes[example] >= known) {
        throw new IllegalArgumentException(
            "example %d has class %d where the head knows %d"
                .formatted(example, classes[example], known));
      }
      if (into.length == 1) {
        into[0] = (float) (classes[example] * (1 - smoothing) + smoothing / 2);
        return;
      }
      Arrays.fill(into, (float) (smoothing / into.length));
      into[classes[example]] += (float) (1 - smoothing);
    }
  }

  /** A number per output: a probability each, or what is to be predicted. */
  record Values(float[][] rows) implements Targets {
    @Override
    public int size() {
      return rows.length;
    }

    @Override
    public void row(int example, float[] into, double smoothing) {
      if (rows[example].length != into.length) {
        throw new IllegalArgumentException(
            "example %d has %d targets where the head has %d outputs"
                .formatted(example, rows[example].length, into.length));
      }
      for (int i = 0; i < into.length; i++) {
        into[i] = (float) (rows[example][i] * (1 - smoothing) + smoothing / 2);
      }
    }
  }
}
