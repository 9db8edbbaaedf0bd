package io.headwater.trainer.round;

import io.headwater.model.runtime.InferenceException;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.HeadRunner;
import io.headwater.trainer.tune.TuneOutcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * What heads answer to examples that they were not tuned on: one head for each fold of those
 * examples, tuned on all others (Stone, Cross-Validatory Choice and Assessment of Statistical
 * Predictions, 1974).
 *
 * <p>Few examples tell more so than by a holdout, as each is judged.
 *
 * @param graph that is tuned
 * @param rows all that there is to tune on
 * @param judged how many of the newest are answered
 * @param folds that those fall to, each head leaving out one of them
 * @param seed of how they fall
 * @param tune tunes the graph on some of the rows
 */
record CrossFit(
    HeadGraph graph,
    Rows rows,
    int judged,
    int folds,
    long seed,
    Function<Rows, TuneOutcome> tune) {

  /**
   * Tunes and asks.
   *
   * @param parts of the way from the graph's own weights to the tuned ones, at which each head is
   *     asked
   * @return for each part a row for each judged example; of zeros where the head for it ran away
   */
  float[][][] answers(double... parts) {
    int first = rows.size() - judged;
    List<Integer> order = new ArrayList<>();
    for (int i = first; i < rows.size(); i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(seed));
    float[][][] answers = new float[parts.length][judged][];
    for (int fold = 0; fold < folds; fold++) {
      List<Integer> asked = new ArrayList<>();
      List<Integer> learnt = new ArrayList<>();
      for (int i = 0; i < first; i++) {
        learnt.add(i);
      }
      for (int i = 0; i < order.size(); i++) {
        (i % folds == fold ? asked : learnt).add(order.get(i));
      }
      if (asked.isEmpty()) {
        continue;
      }
      TuneOutcome outcome = tune.apply(rows.at(learnt));
      for (int part = 0; part < parts.length; part++) {
        float[][] answered = answered(rows.at(asked), outcome, parts[part]);
        for (int i = 0; i < answered.length; i++) {
          answers[part][asked.get(i) - first] = answered[i];
        }
      }
    }
    return answers;
  }

  private float[][] answered(Rows asked, TuneOutcome outcome, double part) {
    if (outcome instanceof TuneOutcome.Tuned tuned) {
      try {
        HeadGraph head = graph.with(graph.towards(tuned.weights(), part));
        return HeadRunner.probabilities(head, asked.unlabelled());
      } catch (InferenceException e) {
        // Weights that answer with no number ran away, too.
      }
    }
    float[][] nothing = HeadRunner.probabilities(graph, asked.unlabelled());
    for (float[] row : nothing) {
      Arrays.fill(row, 0);
    }
    return nothing;
  }
}
