package io.headwater.trainer.round;

import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.TuneOutcome;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * How far a head goes from the champion's weights to those that it was tuned to.
 *
 * <p>Heads that were not tuned on an example answer it at several parts of their way. The shortest
 * part is taken whose log-loss is no more than a quarter of a standard error above the least of
 * all, the standard error being that of the paired difference; the champion itself is one of them.
 * So a head goes all of its way where the labels bear it out, and not at all where they may be
 * noise.
 *
 * <p>Each part's answers are calibrated first: how sure a head may be changes with the share of
 * wrong labels, and is not what is asked here. Weights between two heads: Wortsman et al., Robust
 * fine-tuning of zero-shot models, 2022; the simplest choice within a standard error: Breiman et
 * al., Classification and Regression Trees, 1984. A quarter of one is taken: of labels of which a
 * fifth is wrong hardly more is learnt than with a whole one, of right ones much more.
 */
final class Stride {
  private static final int PARTS = 8;
  private static final int FOLDS = 5;

  /** Of many rows, of which few are new, a head learns nearly as much without half of these. */
  private static final int FOLDS_OF_MANY = 2;

  private static final int MANY = 2_000;
  private static final double STANDARD_ERRORS = 0.25;

  private Stride() {}

  /**
   * Finds it.
   *
   * @param judged how many of the newest rows tell: those that the champion was not tuned on
   * @param seed of how they fall to the folds
   * @return the part of the way, in eighths
   */
  static double of(
      HeadGraph champion,
      Rows rows,
      int judged,
      ClassGoal goal,
      long seed,
      Function<Rows, TuneOutcome> tune) {
    double[] parts = IntStream.rangeClosed(0, PARTS).mapToDouble(i -> (double) i / PARTS).toArray();
    List<ReplayExample> examples = rows.examples().subList(rows.size() - judged, rows.size());
    double[][] losses = new double[parts.length][];
    int best = 0;
    int folds = rows.size() > MANY ? FOLDS_OF_MANY : FOLDS;
    float[][][] answers = new CrossFit(champion, rows, judged, folds, seed, tune).answers(parts);
    for (int i = 0; i < parts.length; i++) {
      losses[i] = goal.calibratedLosses(answers[i], examples);
      best = sum(losses[i]) < sum(losses[best]) ? i : best;
    }
    int shortest = 0;
    while (LossDifference.of(losses[shortest], losses[best]).exceeds(STANDARD_ERRORS)) {
      shortest++;
    }
    return parts[shortest];
  }

  /**
   * Whether all of the way is better than none, by answers to the same examples.
   *
   * @param champion answers at its start
   * @param candidate answers at its end
   */
  static boolean gains(
      float[][] champion, float[][] candidate, List<ReplayExample> judges, ClassGoal goal) {
    return LossDifference.of(
            goal.calibratedLosses(champion, judges), goal.calibratedLosses(candidate, judges))
        .exceeds(STANDARD_ERRORS);
  }

  private static double sum(double[] losses) {
    return Arrays.stream(losses).sum();
  }
}
