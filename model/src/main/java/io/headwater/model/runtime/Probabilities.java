package io.headwater.model.runtime;

import io.headwater.schemas.OutputKind;

/** What a model's answer says of each class, whatever it holds. */
public final class Probabilities {
  private Probabilities() {}

  /**
   * A row of answers as probabilities, one per class; plain values stay as they are.
   *
   * @param row may be changed
   */
  public static float[] of(OutputKind kind, float[] row) {
    return switch (kind) {
      case LOGITS -> softmax(row);
      case LOGIT -> both((float) (1 / (1 + Math.exp(-(double) row[0]))));
      case PROBABILITY -> both(row[0]);
      case PROBABILITIES, VALUES -> row;
    };
  }

  private static float[] both(float second) {
    return new float[] {1 - second, second};
  }

  /** In place. */
  private static float[] softmax(float[] row) {
    float highest = Float.NEGATIVE_INFINITY;
    for (float value : row) {
      highest = Math.max(highest, value);
    }
    double sum = 0;
    for (float value : row) {
      sum += Math.exp((double) value - highest);
    }
    for (int i = 0; i < row.length; i++) {
      row[i] = (float) (Math.exp((double) row[i] - highest) / sum);
    }
    return row;
  }
}
