package io.headwater.model.runtime;

import io.headwater.schemas.Manifest;
import io.headwater.schemas.OutputKind;
import io.headwater.schemas.Threshold;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides by a manifest's thresholds. Where it holds plain values, for the {@linkplain ValueLevels
 * level} that the value reaches; else it chooses a label by a manifest's thresholds: the most
 * probable of those that reach theirs; where none does, the most probable that has none; where all
 * have one, the most probable.
 *
 * <p>Of equal probabilities the earlier label wins.
 */
public final class DecisionRule {
  private static final double NONE = Double.NaN;
  private static final int NOBODY = -1;

  private final List<String> labels;
  private final double[] thresholds;
  private final @Nullable ValueLevels levels;

  private DecisionRule(List<String> labels, double[] thresholds, @Nullable ValueLevels levels) {
    this.labels = labels;
    this.thresholds = thresholds;
    this.levels = levels;
  }

  public static DecisionRule of(Manifest manifest) {
    if (manifest.getOutput() == OutputKind.VALUES) {
      return new DecisionRule(List.of(), new double[0], new ValueLevels(manifest.getThresholds()));
    }
    List<String> labels = List.copyOf(manifest.getLabels());
    double[] thresholds = new double[labels.size()];
    Arrays.fill(thresholds, NONE);
    for (Threshold threshold : manifest.getThresholds()) {
      int index = labels.indexOf(threshold.getLabel());
      if (index < 0) {
        throw new IllegalArgumentException(
            "a threshold is set for '" + threshold.getLabel() + "', which is no label");
      }
      thresholds[index] = threshold.getProbability();
    }
    return new DecisionRule(labels, thresholds, null);
  }

  /**
   * The label decided for, or the level of the value; empty where it reaches none.
   *
   * @param probabilities one per label; the value, where the version has none
   */
  public String decide(float[] probabilities) {
    if (levels != null) {
      return levels.decide(probabilities);
    }
    if (probabilities.length != labels.size()) {
      throw new IllegalArgumentException(
          probabilities.length + " probabilities for " + labels.size() + " labels");
    }
    int reached = NOBODY;
    int free = NOBODY;
    int all = NOBODY;
    for (int i = 0; i < probabilities.length; i++) {
      all = better(probabilities, all, i);
      if (Double.isNaN(thresholds[i])) {
        free = better(probabilities, free, i);
      } else if (probabilities[i] >= thresholds[i]) {
        reached = better(probabilities, reached, i);
      }
    }
    int best = reached != NOBODY ? reached : free != NOBODY ? free : all;
    return labels.get(best);
  }

  private static int better(float[] probabilities, int best, int other) {
    return best == NOBODY || probabilities[other] > probabilities[best] ? other : best;
  }
}
