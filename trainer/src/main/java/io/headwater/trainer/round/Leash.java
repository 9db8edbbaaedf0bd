package io.headwater.trainer.round;

import static java.util.Objects.requireNonNull;

import io.headwater.trainer.tune.HeadGraph;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * How far a tuned head may leave one that must not be forgotten.
 *
 * <p>A head part of the way between two keeps most of what either knows (Wortsman et al., Robust
 * fine-tuning of zero-shot models, 2022).
 *
 * @param from the head that must not be forgotten; null where none is
 * @param reach the part of the way that tuned weights may have gone, in (0, 1]
 */
public record Leash(@Nullable HeadGraph from, ToDoubleFunction<Map<String, float[]>> reach) {
  /** As far as training went. */
  public static final Leash NONE = new Leash(null, tuned -> 1);

  /** A head goes so many parts of its way, or fewer. */
  private static final int PARTS = 20;

  /**
   * Lets a head go as many twentieths of its way as leave it tolerable; all of them where none
   * does, as it is then for others to refuse.
   */
  public static Leash within(HeadGraph from, Predicate<HeadGraph> tolerable) {
    return new Leash(
        from,
        tuned -> {
          for (int parts = PARTS; parts > 0; parts--) {
            double part = (double) parts / PARTS;
            if (tolerable.test(from.with(between(from, tuned, part)))) {
              return part;
            }
          }
          return 1;
        });
  }

  /** Lets a head go a part of its way. */
  public static Leash part(HeadGraph from, double part) {
    return new Leash(from, tuned -> part);
  }

  /** The part of their way that weights may have gone. */
  double part(Map<String, float[]> tuned) {
    return reach.applyAsDouble(tuned);
  }

  /** Weights that have gone a part of their way. */
  Map<String, float[]> held(Map<String, float[]> tuned, double part) {
    return part == 1 ? tuned : between(requireNonNull(from), tuned, part);
  }

  private static Map<String, float[]> between(
      HeadGraph from, Map<String, float[]> to, double part) {
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
