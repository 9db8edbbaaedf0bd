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
  /** By how much less far a head goes at a time. */
  double QUARTER = 0.25;

  /** As far as training went. */
  Leash NONE = (champion, tuned) -> 1;

  /**
   * The part of the way from the champion's weights to the tuned ones that may be gone, in (0, 1].
   *
   * @param tuned by initializer
   */
  double part(HeadGraph champion, Map<String, float[]> tuned);

  /**
   * Lets a head go as many quarters of its way as leave it with a figure; all of them where none
   * does, as it is then for others to refuse.
   *
   * @param figure of a head; more is better
   */
  static Leash toReach(double least, ToDoubleFunction<HeadGraph> figure) {
    return (champion, tuned) -> {
      for (double part = 1; part > 0; part -= QUARTER) {
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
