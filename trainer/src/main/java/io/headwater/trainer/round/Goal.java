package io.headwater.trainer.round;

import io.headwater.trainer.evaluate.Comparison;
import io.headwater.trainer.evaluate.Signal;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.TargetScale;
import io.headwater.trainer.tune.Targets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the answers of a round's heads are held against: classes, or numbers. */
sealed interface Goal permits ClassGoal, ValueGoal {
  /** Why nothing can be learnt from examples; empty where something can. */
  Optional<String> nothingToLearn(List<ReplayExample> examples);

  /** How a head's targets are scaled while it is tuned; null where they are not. */
  @Nullable TargetScale scale(HeadGraph head, List<ReplayExample> examples);

  /** What a head is to answer. */
  Targets targets(List<ReplayExample> examples, @Nullable TargetScale scale);

  /**
   * How answers rank what they should tell apart against guesses; empty where that says nothing.
   */
  Optional<Signal> signal(float[][] answers, List<ReplayExample> judges, long seed);

  /**
   * Holds a candidate's answers against a champion's.
   *
   * @param judges what both answered
   * @param trained what the candidate was tuned on
   */
  Comparison compare(
      float[][] candidate,
      float[][] champion,
      List<ReplayExample> judges,
      List<ReplayExample> trained);

  /** By how much each answer is wrong: a proper score, in which less is better. */
  double[] losses(float[][] answers, List<ReplayExample> judges);
}
