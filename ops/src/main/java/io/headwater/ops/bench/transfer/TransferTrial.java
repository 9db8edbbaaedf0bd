package io.headwater.ops.bench.transfer;

import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.DecisionRule;
import io.headwater.trainer.evaluate.Interval;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.round.RoundOutcome;
import io.headwater.trainer.round.RoundSettings;
import io.headwater.trainer.round.TrainingRound;
import io.headwater.trainer.tune.FrozenStatistics;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.HeadRunner;
import io.headwater.trainer.tune.HeadTuner;
import io.headwater.trainer.tune.TrainingSet;
import io.headwater.trainer.tune.TuneOutcome;
import io.headwater.trainer.tune.TuneSettings;
import io.headwater.trainer.tune.TuneSettings.Start;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Trains heads on a number of labelled texts, each way, and judges them on others.
 *
 * <p>{@code transferred} is the trainer's own round from the source task's head, with what it
 * refuses to publish refused: the champion goes on then. {@code scratch} is a head of the same
 * shape over the same frozen backbone from random weights, with the settings of a first version, on
 * the target's labels alone.
 */
final class TransferTrial {
  private static final double NANOS = 1e9;

  private final Pipeline pipeline;
  private final HeadGraph champion;
  private final DecisionRule rule;
  private final List<String> labels;

  TransferTrial(Pipeline pipeline, ModelPackage source) {
    this.pipeline = pipeline;
    this.champion = HeadGraph.of(source);
    this.rule = DecisionRule.of(source.manifest());
    this.labels = List.copyOf(source.manifest().getLabels());
  }

  /**
   * What one way came to.
   *
   * @param right whether each of the texts to judge by was decided rightly
   * @param seconds that training took
   * @param published whether there was something to publish
   * @param code why not; empty where there was
   */
  record Result(boolean[] right, double seconds, boolean published, String code) {
    /** Of a way that was not tried. */
    static final Result NONE = new Result(new boolean[0], 0, false, "");

    /** Share of the texts that were decided rightly; NaN of a way that was not tried. */
    double accuracy() {
      int count = 0;
      for (boolean one : right) {
        count += one ? 1 : 0;
      }
      return (double) count / right.length;
    }

    /** Whether it was right on fewer of the same texts, as far as 95 of 100 such draws tell. */
    boolean isClearlyBelow(Result other) {
      return Interval.ofPairedDifference(right, other.right).high() < 0;
    }
  }

  /** The source task's head as it is. */
  Result frozen(Texts judges) {
    return new Result(right(champion, judges), 0, false, "");
  }

  Result transferred(Texts learned, Texts judges) {
    RoundSettings settings =
        RoundSettings.of(pipeline, labels, Start.CALIBRATED).unseen(learned.size());
    long started = System.nanoTime();
    RoundOutcome outcome =
        new TrainingRound(champion, this::decide, settings).run(examples(learned), () -> false);
    double seconds = (System.nanoTime() - started) / NANOS;
    if (outcome instanceof RoundOutcome.Rejected rejected) {
      return new Result(right(champion, judges), seconds, false, rejected.code().code());
    }
    return new Result(right(champion.with(outcome.weights()), judges), seconds, true, "");
  }

  /** The champion tuned for some epochs, whatever comes of it; as it is for none. */
  Result transferred(Texts learned, Texts judges, int epochs) {
    if (epochs == 0) {
      return frozen(judges);
    }
    long started = System.nanoTime();
    HeadGraph fitted =
        tuned(
            champion,
            learned,
            TuneSettings.of(pipeline.training(), Start.CALIBRATED).lasting(epochs));
    double seconds = (System.nanoTime() - started) / NANOS;
    return new Result(right(fitted, judges), seconds, true, "");
  }

  Result scratch(Texts learned, Texts judges) {
    long started = System.nanoTime();
    HeadGraph shape = champion.with(FrozenStatistics.measure(champion, learned.activations()));
    HeadGraph fitted = tuned(shape, learned, TuneSettings.of(pipeline.training(), Start.SCRATCH));
    double seconds = (System.nanoTime() - started) / NANOS;
    return new Result(right(fitted, judges), seconds, true, "");
  }

  /** A logistic regression over words, without any pre-trained model. */
  Result words(Texts learned, Texts judges) {
    long started = System.nanoTime();
    BagOfWords fitted = BagOfWords.fit(learned.texts(), learned.classes());
    double seconds = (System.nanoTime() - started) / NANOS;
    boolean[] right = new boolean[judges.size()];
    for (int i = 0; i < right.length; i++) {
      right[i] = fitted.decide(judges.texts().get(i)) == judges.classes()[i];
    }
    return new Result(right, seconds, true, "");
  }

  private HeadGraph tuned(HeadGraph from, Texts learned, TuneSettings settings) {
    float[] weights = new float[learned.size()];
    Arrays.fill(weights, 1);
    TrainingSet set = new TrainingSet(learned.activations(), learned.classes(), weights);
    TuneOutcome outcome = HeadTuner.tune(from, set, settings);
    if (outcome instanceof TuneOutcome.Tuned tuned) {
      return from.with(tuned.weights());
    }
    throw new IllegalStateException("a head ran away: " + outcome);
  }

  private boolean[] right(HeadGraph head, Texts judges) {
    float[][] answers = HeadRunner.probabilities(head, judges.activations());
    boolean[] right = new boolean[answers.length];
    for (int i = 0; i < answers.length; i++) {
      right[i] = decide(answers[i]) == judges.classes()[i];
    }
    return right;
  }

  private int decide(float[] probabilities) {
    return labels.indexOf(rule.decide(probabilities));
  }

  private static List<ReplayExample> examples(Texts texts) {
    List<ReplayExample> examples = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      examples.add(
          new ReplayExample(
              String.valueOf(i), 0, i, i, texts.classes()[i], 1, texts.activations()[i], 0, i));
    }
    return examples;
  }
}
