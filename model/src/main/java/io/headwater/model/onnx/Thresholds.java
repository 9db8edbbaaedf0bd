package io.headwater.model.onnx;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.Regression;
import io.headwater.schemas.Threshold;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A pipeline's decision rules, as a manifest holds them. */
public final class Thresholds {
  /** Below every value; JSON holds no infinity. */
  public static final double LOWEST = -Double.MAX_VALUE;

  private Thresholds() {}

  /**
   * Probabilities of labels, or levels of the value, the lowest first.
   *
   * @param labels of the version; those without a threshold are left out
   */
  public static List<Threshold> of(Pipeline pipeline, List<String> labels) {
    List<Threshold> thresholds = new ArrayList<>();
    Regression regression = pipeline.regression();
    if (regression != null) {
      if (!regression.below().isEmpty()) {
        thresholds.add(new Threshold(regression.below(), LOWEST));
      }
      regression.levels().entrySet().stream()
          .map(level -> new Threshold(level.getKey(), level.getValue()))
          .sorted(Comparator.comparingDouble(Threshold::getProbability))
          .forEach(thresholds::add);
      return thresholds;
    }
    for (String label : labels) {
      Double probability = pipeline.thresholds().get(label);
      if (probability != null) {
        thresholds.add(new Threshold(label, probability));
      }
    }
    return thresholds;
  }
}
