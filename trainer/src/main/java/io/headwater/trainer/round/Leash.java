package io.headwater.trainer.round;

import io.headwater.trainer.tune.HeadGraph;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * How far a tuned head may leave the champion's weights.
 *
 * <p>A head part of the way between two keeps most of what either knows (Wortsman et al., Robust
 * fine-tuning of zero-shot models, 2022).
 */
@FunctionalInterface
public interface Leash {
  int QUARTERS = 4;

  /** As far as training went. */
  Leash NONE = (champion, tuned) -> 1;

  /**
   * The part of the way from the champion's weights to the tuned ones that may be gone, in (0, 1].
   *
   * @param tuned by initializer
   */
  double part(HeadGraph champion, Map<String, float[]> tuned);

  /**
   * Holds a head to the largest quarter of its way at which it reaches a figure; where it does at
   * none, to nothing, as it is then for others to refuse.
   *
   * @param figure of a head; more is better
   */
  static Leash toReach(double least, ToDoubleFunction<HeadGraph> figure) {
    return (champion, tuned) -> {
      for (int quarters = QUARTERS; quarters > 0; quarters--) {
        double part = (double) quarters / QUARTERS;
        if (figure.applyAsDouble(champion.with(between(champion, tuned, part))) >= least) {
          return part;
        }
      }
      return 1;
    };
  }

  /** The weights that lie a part of the way from a head's own to others. */
  static Map<String, float[]> between(HeadGraph from, Map<String, float[]> to, double part) {
    Map<String, float[]> own = from.weights();
    Map<String, float[]> between = new HashMap<>();
    to.forEach(
        (name, values) -> {
          float[] start = own.get(name);
          if (start == null || start.length != values.length) {
            throw new IllegalArgumentException("the head has no '" + name + "' of that size");
          }
          float[] mixed = new float[values.length];
          for (int i = 0; i < mixed.length; i++) {
            mixed[i] = start[i] + (float) part * (values[i] - start[i]);
          }
          between.put(name, mixed);
        });
    return between;
  }
}
