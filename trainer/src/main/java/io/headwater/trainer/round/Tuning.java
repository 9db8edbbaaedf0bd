package io.headwater.trainer.round;

import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.HeadRunner;
import io.headwater.trainer.tune.HeadTuner;
import io.headwater.trainer.tune.TargetScale;
import io.headwater.trainer.tune.TrainingSet;
import io.headwater.trainer.tune.TuneOutcome;
import io.headwater.trainer.tune.TuneOutcome.Tuned;
import io.headwater.trainer.tune.TuneSettings;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Tunes graphs on examples of a round's goal.
 *
 * @param cancelled asked before each step
 */
record Tuning(Goal goal, BooleanSupplier cancelled) {
  /** One example in so many tells when to stop. */
  private static final int HELD_FOR_PATIENCE = 10;

  /**
   * Tunes a graph; with patience, the newest tenth is not tuned on but tells when to stop.
   *
   * @throws CancellationException soon after {@code cancelled} answered true
   */
  TuneOutcome of(HeadGraph graph, Rows rows, TuneSettings how) {
    boolean patient = how.refinements().patience() > 0;
    int held = patient ? rows.size() / HELD_FOR_PATIENCE : 0;
    int tuned = rows.size() - held;
    Rows learnt = rows.part(0, tuned);
    TargetScale scale = goal.scale(graph, learnt.examples());
    TrainingSet set = learnt.set(goal.targets(learnt.examples(), scale));
    Rows rest = rows.part(tuned, rows.size());
    TrainingSet watched = held == 0 ? set : rest.set(goal.targets(rest.examples(), scale));
    if (scale == null) {
      return HeadTuner.tune(graph, set, watched, how, cancelled);
    }
    HeadGraph start = graph;
    if (how.start().isWarm()) {
      double[] answers =
          Arrays.stream(HeadRunner.probabilities(graph, learnt.unlabelled()))
              .mapToDouble(row -> row[0])
              .toArray();
      start = scale.aligned(graph, answers, ValueGoal.numbers(learnt.examples()));
    }
    TuneOutcome outcome = HeadTuner.tune(scale.into(start), set, watched, how, cancelled);
    return outcome instanceof Tuned done
        ? new Tuned(scale.back(done.weights()), done.losses())
        : outcome;
  }
}
