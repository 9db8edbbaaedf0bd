package io.headwater.ops.bench;

import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.DecisionRule;
import io.headwater.trainer.evaluate.Evaluation;
import io.headwater.trainer.evaluate.Tolerance;
import io.headwater.trainer.replay.ReplayBuffer;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.replay.ReplayLimits;
import io.headwater.trainer.round.Leash;
import io.headwater.trainer.round.RoundOutcome;
import io.headwater.trainer.round.RoundSettings;
import io.headwater.trainer.round.TrainingRound;
import io.headwater.trainer.tune.FrozenStatistics;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.HeadRunner;
import io.headwater.trainer.tune.TuneSettings.Start;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;

/**
 * Trains a head on a source task, goes on with a stream as a trainer would, and looks at what is
 * left of the source task.
 *
 * @param untrained the encoder with a new head
 * @param source what the head is trained on first
 * @param stream what comes then, one stretch behind the other
 * @param ordered whether the stretches have an order of their own; else each seed gives them one
 */
record ForgettingTrial(
    ModelPackage untrained, List<Embedded> source, List<List<Embedded>> stream, boolean ordered) {
  /** Of the source task so much is never trained on, and guards. */
  private static final double GUARD = 0.3;

  /** A text as the frozen backbone answers it. */
  record Embedded(String id, float[] activation, int classIndex) {}

  /**
   * How continual training went.
   *
   * @param before accuracy on the guard set of the first head
   * @param after the same of the last head
   * @param lossBefore log-loss there of the first head
   * @param lossAfter the same of the last head
   * @param live accuracy on the stream, each text answered by the head of its time
   * @param kept rounds whose head took over
   * @param rounds all
   */
  record Result(
      double before,
      double after,
      double lossBefore,
      double lossAfter,
      double live,
      int kept,
      int rounds) {}

  /**
   * Runs it.
   *
   * @param pipeline says how to train, and by its seed the order of what has none
   * @param rehearsed examples of the source task that every training sees besides
   * @param tolerance how far below the first head's a head's accuracy on the guard set may be: it
   *     is held back as far as that takes, and does not take over where nothing helps
   */
  Result run(Pipeline pipeline, int rehearsed, double tolerance) {
    Pipeline.Training training = pipeline.training();
    long seed = training.seed();
    List<Embedded> shuffled = new ArrayList<>(source);
    Collections.shuffle(shuffled, new Random(seed));
    int guards = (int) (GUARD * shuffled.size());
    List<Embedded> guard = shuffled.subList(0, guards);
    List<ReplayExample> taught =
        examples(shuffled.subList(guards, shuffled.size()), -shuffled.size());
    HeadGraph first = first(pipeline, taught);
    HeadGraph champion = first;
    Evaluation before = evaluate(first, guard);
    Predicate<HeadGraph> tolerable =
        head -> Tolerance.allows(before.accuracy() - evaluate(head, guard).accuracy(), tolerance);
    ReplayBuffer buffer =
        new ReplayBuffer(
            pipeline.labels().size(),
            new ReplayLimits(training.window(), training.balanced(), 1),
            seed);
    RoundSettings settings = RoundSettings.of(pipeline, pipeline.labels(), Start.CALIBRATED);
    List<Embedded> coming = coming(seed);
    int right = 0;
    int kept = 0;
    int rounds = 0;
    int learnt = 0;
    for (int from = 0; from < coming.size(); from += training.trigger()) {
      List<Embedded> batch =
          coming.subList(from, Math.min(coming.size(), from + training.trigger()));
      right += (int) Math.round(evaluate(champion, batch).accuracy() * batch.size());
      examples(batch, from).forEach(buffer::add);
      List<ReplayExample> streamed = buffer.select();
      int unseen = newerThan(learnt, streamed);
      List<ReplayExample> replay =
          new ArrayList<>(taught.subList(0, Math.min(rehearsed, taught.size())));
      replay.addAll(streamed);
      Leash leash = Leash.within(first, tolerable);
      RoundOutcome outcome =
          new TrainingRound(champion, List.of(), this::decide, settings.unseen(unseen), null, leash)
              .run(replay, () -> Thread.currentThread().isInterrupted());
      rounds++;
      if (outcome instanceof RoundOutcome.Accepted) {
        HeadGraph candidate = champion.with(outcome.weights());
        if (tolerable.test(candidate)) {
          champion = candidate;
          learnt = from + batch.size();
          kept++;
        }
      }
    }
    Evaluation after = evaluate(champion, guard);
    return new Result(
        before.accuracy(),
        after.accuracy(),
        before.logLoss(),
        after.logLoss(),
        (double) right / coming.size(),
        kept,
        rounds);
  }

  private static int newerThan(int learnt, List<ReplayExample> streamed) {
    return (int) streamed.stream().filter(example -> example.offset() >= learnt).count();
  }

  private List<Embedded> coming(long seed) {
    List<Embedded> coming = new ArrayList<>();
    for (List<Embedded> stretch : stream) {
      List<Embedded> part = new ArrayList<>(stretch);
      if (!ordered) {
        Collections.shuffle(part, new Random(seed));
      }
      coming.addAll(part);
    }
    return coming;
  }

  /** As the first version of a pipeline is trained. */
  private HeadGraph first(Pipeline pipeline, List<ReplayExample> taught) {
    HeadGraph head = HeadGraph.of(untrained);
    Map<String, float[]> weights =
        new HashMap<>(
            FrozenStatistics.measure(
                head, taught.stream().map(ReplayExample::activation).toArray(float[][]::new)));
    RoundSettings settings =
        RoundSettings.of(pipeline, pipeline.labels(), Start.SCRATCH).tolerating(1);
    RoundOutcome outcome =
        new TrainingRound(head.with(weights), this::decide, settings).run(taught, () -> false);
    if (outcome instanceof RoundOutcome.Rejected rejected) {
      throw new IllegalStateException("no first head: " + rejected.reason());
    }
    weights.putAll(outcome.weights());
    return head.with(weights);
  }

  private int decide(float[] probabilities) {
    return untrained
        .manifest()
        .getLabels()
        .indexOf(DecisionRule.of(untrained.manifest()).decide(probabilities));
  }

  private Evaluation evaluate(HeadGraph head, List<Embedded> texts) {
    float[][] answers =
        HeadRunner.probabilities(
            head, texts.stream().map(Embedded::activation).toArray(float[][]::new));
    int[] decisions = new int[answers.length];
    for (int i = 0; i < decisions.length; i++) {
      decisions[i] = decide(answers[i]);
    }
    return Evaluation.of(
        answers, decisions, texts.stream().mapToInt(Embedded::classIndex).toArray());
  }

  private static List<ReplayExample> examples(List<Embedded> texts, long from) {
    List<ReplayExample> examples = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      Embedded text = texts.get(i);
      examples.add(
          new ReplayExample(
              text.id(),
              0,
              from + i,
              from + i,
              text.classIndex(),
              1,
              text.activation(),
              0,
              Math.max(0, from + i)));
    }
    return examples;
  }
}
