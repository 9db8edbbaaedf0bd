package io.headwater.trainer.round;

import io.headwater.trainer.evaluate.Comparison;
import io.headwater.trainer.evaluate.Temperature;
import io.headwater.trainer.tune.HeadGraph;
import java.util.Map;

/**
 * Weights that were tuned, and how their graph did on the holdout.
 *
 * @param weights as tuned, before the temperature divides the logits
 * @param plain answers on the holdout, before it
 * @param answers the same after it
 */
record Attempt(
    HeadGraph graph,
    Map<String, float[]> weights,
    Temperature temperature,
    float[][] plain,
    float[][] answers,
    Comparison comparison) {
  String said() {
    return comparison.candidate().against(comparison.champion());
  }

  Contest.Entry entry(String name, Goal goal, Rows judges) {
    return new Contest.Entry(name, comparison.candidate(), goal.losses(answers, judges.examples()));
  }
}
