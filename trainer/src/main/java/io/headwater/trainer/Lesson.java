package io.headwater.trainer;

import io.headwater.model.pack.Digest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.runtime.Crossing;
import io.headwater.model.runtime.Head;
import io.headwater.trainer.plan.FreezeDecision;
import io.headwater.trainer.plan.Way;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.replay.SkipReason;
import io.headwater.trainer.round.Contender;
import io.headwater.trainer.round.RoundOutcome;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.HeadRunner;
import io.headwater.trainer.tune.TrainingSet;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a training is given: examples, what crosses for each, and what it tries besides the head.
 *
 * @param examples in the order in which their labels were known
 * @param crossing what crosses to the head, for each
 * @param courses what is to train besides the head
 * @param gone why an example was left out, once for each
 */
record Lesson(
    List<ReplayExample> examples,
    List<Crossing> crossing,
    List<Course> courses,
    FreezeDecision freeze,
    List<SkipReason> gone) {
  /** How far a packaged version may answer from the tuned graph; relative to what is above 1. */
  private static final float SAME = 1e-4f;

  private static final int CHECKED_ANSWERS = 64;

  /** What a round tries. */
  List<Contender> contenders() {
    return courses.stream().map(Course::contender).toList();
  }

  /** The ways that are tried besides the head. */
  List<Way> ways() {
    return courses.stream().map(Course::way).toList();
  }

  /** The course whose weights an outcome has; null where they are the head's. */
  @Nullable Course kept(RoundOutcome outcome) {
    return courses.stream()
        .filter(course -> course.contender().name().equals(outcome.depths().kept()))
        .findFirst()
        .orElse(null);
  }

  /** What is decided once the holdout has spoken. */
  FreezeDecision judged(RoundOutcome outcome) {
    Course kept = kept(outcome);
    RoundOutcome.Depths depths = outcome.depths();
    return freeze.judged(kept == null ? null : kept.way(), depths.said(), depths.numbers());
  }

  /**
   * That what is about to be published answers as what was judged.
   *
   * @throws IllegalStateException where it does not
   */
  void check(ModelPackage version, Champion champion, RoundOutcome outcome) {
    Course kept = kept(outcome);
    HeadGraph graph = kept == null ? champion.head() : kept.contender().start();
    int last = kept == null ? champion.headSegments() : kept.last();
    List<Crossing> all = kept == null ? crossing : kept.contender().rows();
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
          double bound = SAME * Math.max(1, Math.abs(tuned[i][c]));
          if (!(Math.abs(tuned[i][c] - packaged[i][c]) <= bound)) {
            throw new IllegalStateException(
                "version %s answers %s where its training answered %s; it is not published"
                    .formatted(Digest.brief(version.version()), packaged[i][c], tuned[i][c]));
          }
        }
      }
    }
  }
}
