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
 * What heads answer to examples that they were not tuned on: one head for each fifth of the
 * examples, tuned on the others (Stone, Cross-Validatory Choice and Assessment of Statistical
 * Predictions, 1974).
 *
 * <p>Few examples tell more so than by a holdout, as each is judged.
 */
final class CrossFit {
  private static final int FOLDS = 5;

  private CrossFit() {}

  /**
   * Tunes and asks.
   *
   * @param graph that is tuned
   * @param rows what is answered
   * @param seed of how they fall to the folds
   * @param tune tunes the graph on some of the rows
   * @return a row for each; of zeros where the head for it ran away
   */
  static float[][] answers(
      HeadGraph graph, Rows rows, long seed, Function<Rows, TuneOutcome> tune) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(seed));
    float[][] answers = new float[rows.size()][];
    for (int fold = 0; fold < FOLDS; fold++) {
      List<Integer> judged = new ArrayList<>();
      List<Integer> learnt = new ArrayList<>();
      for (int i = 0; i < order.size(); i++) {
        (i % FOLDS == fold ? judged : learnt).add(order.get(i));
      }
      if (judged.isEmpty()) {
        continue;
      }
      Rows asked = rows.at(judged);
      float[][] answered = answers(graph, asked, tune.apply(rows.at(learnt)));
      for (int i = 0; i < answered.length; i++) {
        answers[judged.get(i)] = answered[i];
      }
    }
    return answers;
  }

  private static float[][] answers(HeadGraph graph, Rows asked, TuneOutcome outcome) {
    if (outcome instanceof TuneOutcome.Tuned tuned) {
      try {
        return HeadRunner.probabilities(graph.with(tuned.weights()), asked.unlabelled());
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
