package io.headwater.trainer.round;

import static java.util.Objects.requireNonNull;

import io.headwater.trainer.tune.HeadGraph;
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
            if (tolerable.test(from.with(from.towards(tuned, part)))) {
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
    return part == 1 ? tuned : requireNonNull(from).towards(tuned, part);
  }
}
