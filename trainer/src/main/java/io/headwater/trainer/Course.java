package io.headwater.trainer;

import io.headwater.model.pack.ModelPackage;
import io.headwater.trainer.plan.Way;
import io.headwater.trainer.round.Contender;
import java.util.HashMap;
import java.util.Map;

/**
 * A way to train, made ready.
 *
 * @param base what it trains: the champion, or the same with a new head at an earlier tap
 * @param last how many of its trailing segments train
 * @param statistics what a new head standardises by, by initializer
 */
record Course(
    Way way, ModelPackage base, int last, Map<String, float[]> statistics, Contender contender) {
  /** The weights to package, given those that were tuned. */
  Map<String, float[]> weights(Map<String, float[]> tuned) {
    if (tuned.isEmpty()) {
      return tuned;
    }
    Map<String, float[]> all = new HashMap<>(statistics);
    all.putAll(tuned);
    return all;
  }
}
