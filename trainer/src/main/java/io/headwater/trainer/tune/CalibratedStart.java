package io.headwater.trainer.tune;

import io.headwater.model.runtime.InferenceException;
import io.headwater.trainer.evaluate.Temperature;
import java.util.Arrays;
import java.util.Map;

/**
 * A champion that is no surer of itself than labels bear out, for a tuning to start from.
 *
 * @see TuneSettings.Start#CALIBRATED
 */
final class CalibratedStart {
  private CalibratedStart() {}

  /**
   * Divides a head's logits where that makes its answers fit the examples better.
   *
   * @return the last layer's weights; none where the head is not too sure of itself, can't carry a
   *     temperature or learns no classes
   */
  static Map<String, float[]> weights(HeadGraph head, TrainingSet set) {
    if (!(set.targets() instanceof Targets.Classes known) || !TemperedHead.canDivide(head)) {
      return Map.of();
    }
    try {
      float[][] answers = HeadRunner.probabilities(head, set);
      if (Arrays.stream(known.classes()).anyMatch(c -> c < 0 || c >= answers[0].length)) {
        return Map.of();
      }
      double temperature = Temperature.fit(answers, known.classes(), set.weights()).value();
      return temperature > 1 ? TemperedHead.weights(head, Map.of(), temperature) : Map.of();
    } catch (InferenceException e) {
      // The descent, which meets the same examples, tells what is wrong with them; so above.
      return Map.of();
    }
  }
}
