package io.headwater.model.runtime;

import io.headwater.schemas.Threshold;
import java.util.Comparator;
import java.util.List;

/**
 * Decides on a predicted value: for the level with the highest bound that it reaches.
 *
 * @param levels each with the value from which on it holds, the lowest double for all values
 */
record ValueLevels(List<Threshold> levels) {
  ValueLevels {
    levels = levels.stream().sorted(Comparator.comparingDouble(Threshold::getProbability)).toList();
  }

  /** The level; empty where none is reached, or where there are several values. */
  String decide(float[] values) {
    String reached = "";
    if (values.length == 1) {
      for (Threshold level : levels) {
        reached = values[0] >= level.getProbability() ? level.getLabel() : reached;
      }
    }
    return reached;
  }
}
