package io.headwater.trainer;

import io.headwater.model.pack.Digest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.runtime.Crossing;
import io.headwater.model.runtime.Head;
import io.headwater.trainer.plan.FreezeDecision;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.replay.SkipReason;
import io.headwater.trainer.round.Deeper;
import io.headwater.trainer.round.RoundOutcome;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.HeadRunner;
import io.headwater.trainer.tune.TrainingSet;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a training is given: examples, what crosses for each, and how deep it goes.
 *
 * @param examples in the order in which their labels were known
 * @param crossing what crosses to the head, for each
 * @param deeper what is to train besides the head; null for nothing
 * @param gone why an example was left out, once for each
 */
record Lesson(
    List<ReplayExample> examples,
    List<Crossing> crossing,
    @Nullable Deeper deeper,
    FreezeDecision freeze,
    List<SkipReason> gone) {
  /** How far a packaged version may answer from the tuned graph. */
  private static final float SAME = 1e-4f;

  private static final int CHECKED_ANSWERS = 64;

  /**
   * That what is about to be published answers as what was judged.
   *
   * @throws IllegalStateException where it does not
   */
  void check(ModelPackage version, Champion champion, RoundOutcome outcome) {
    Deeper deep = outcome.depths().deeper() ? deeper : null;
    HeadGraph graph = deep == null ? champion.head() : deep.champion();
    int last = deep == null ? champion.headSegments() : freeze.depth().segments();
    List<Crossing> all = deep == null ? crossing : deep.rows();
    List<Crossing> some = all.subList(0, Math.min(all.size(), CHECKED_ANSWERS));
    float[] ones = new float[some.size()];
    Arrays.fill(ones, 1);
    float[][] tuned =
        HeadRunner.probabilities(
            graph.with(outcome.weights()), TrainingSet.of(some, new int[some.size()], ones));
    try (Head head = Head.load(version, last)) {
      // Activations that were logged lie flat, whatever axes the head gives them.
      float[][] packaged =
          head.readsOneActivation()
              ? head.probabilities(some.stream().map(Crossing::values).toList())
              : head.answers(some);
      for (int i = 0; i < tuned.length; i++) {
        for (int c = 0; c < tuned[i].length; c++) {
          if (!(Math.abs(tuned[i][c] - packaged[i][c]) <= SAME)) {
            throw new IllegalStateException(
                "version %s answers %s where its training answered %s; it is not published"
                    .formatted(Digest.brief(version.version()), packaged[i][c], tuned[i][c]));
          }
        }
      }
    }
  }
}
