package io.headwater.trainer.round;

import io.headwater.model.runtime.InferenceException;
import io.headwater.trainer.evaluate.Comparison;
import io.headwater.trainer.evaluate.Evaluation;
import io.headwater.trainer.evaluate.Temperature;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.round.RoundOutcome.Accepted;
import io.headwater.trainer.round.RoundOutcome.Rejected;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.HeadRunner;
import io.headwater.trainer.tune.HeadTuner;
import io.headwater.trainer.tune.TemperedHead;
import io.headwater.trainer.tune.TrainingSet;
import io.headwater.trainer.tune.TuneOutcome;
import io.headwater.trainer.tune.TuneOutcome.Diverged;
import io.headwater.trainer.tune.TuneOutcome.Tuned;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;

/**
 * One training: from the replayed examples to a candidate or the reason why there is none.
 *
 * <p>Knows no Kafka, files or clocks: the same champion, examples and settings end the same way.
 * Runs on the calling thread alone.
 *
 * @param champion the head in production
 * @param decide the class that the version's thresholds decide for
 */
public record TrainingRound(
    HeadGraph champion, ToIntFunction<float[]> decide, RoundSettings settings) {

  /** Examples that are not held out, per held-out one, at least. */
  private static final int TRAINED_PER_HELD_OUT = 2;

  /** One example in so many tells when to stop. */
  private static final int HELD_FOR_PATIENCE = 10;

  /**
   * Runs the round.
   *
   * @param replay in the order in which the labels were known
   * @param cancelled asked before each step
   * @throws CancellationException soon after {@code cancelled} answered true
   */
  public RoundOutcome run(List<ReplayExample> replay, BooleanSupplier cancelled) {
    int holdout = Math.min(settings.holdout(), replay.size() / (TRAINED_PER_HELD_OUT + 1));
    if (holdout == 0) {
      return rejected(
          RejectReason.TOO_FEW_EXAMPLES,
          "%d usable examples are too few to train on and judge by".formatted(replay.size()));
    }
    if (settings.calibrated()) {
      // A head that can't carry a temperature is refused before it is tuned.
      TemperedHead.weights(champion, Map.of(), Temperature.NONE.value());
    }
    List<ReplayExample> rest = replay.subList(0, replay.size() - holdout);
    if (rest.stream().mapToInt(ReplayExample::classIndex).distinct().count() < 2) {
      return rejected(
          RejectReason.ONE_CLASS,
          "all %d examples to train on are of one class".formatted(rest.size()));
    }
    TuneOutcome outcome = tune(rest, cancelled);
    if (outcome instanceof Diverged diverged) {
      return rejected(RejectReason.DIVERGED, "training ran away: " + diverged.reason());
    }
    Map<String, float[]> weights = ((Tuned) outcome).weights();
    TrainingSet judges = set(replay.subList(rest.size(), replay.size()));
    float[][] theirs = HeadRunner.probabilities(champion, judges.activations());
    float[][] ours;
    try {
      ours = HeadRunner.probabilities(champion.with(weights), judges.activations());
    } catch (InferenceException e) {
      return rejected(RejectReason.DIVERGED, "the candidate can't answer: " + e.getMessage());
    }
    Temperature temperature =
        settings.calibrated() ? Temperature.fit(ours, judges.classes()) : Temperature.NONE;
    Comparison comparison =
        compare(settings.calibrated() ? temperature.applied(ours) : ours, theirs, judges);
    if (comparison.gain() < -settings.tolerance()) {
      return new Rejected(
          RejectReason.WORSE_THAN_CHAMPION,
          figures(comparison) + ", which is more than %s worse".formatted(settings.tolerance()),
          Optional.of(comparison),
          tempered(weights, temperature),
          rest.size());
    }
    if (!settings.refit()) {
      return new Accepted(
          figures(comparison) + told(temperature),
          comparison,
          tempered(weights, temperature),
          rest.size());
    }
    return refitted(replay, comparison, temperature, cancelled);
  }

  private Map<String, float[]> tempered(Map<String, float[]> weights, Temperature temperature) {
    return settings.calibrated()
        ? TemperedHead.weights(champion, weights, temperature.value())
        : weights;
  }

  private String told(Temperature temperature) {
    return settings.calibrated()
        ? String.format(Locale.ROOT, "; logits divided by %.3f", temperature.value())
        : "";
  }

  private RoundOutcome refitted(
      List<ReplayExample> replay,
      Comparison comparison,
      Temperature temperature,
      BooleanSupplier cancelled) {
    TuneOutcome outcome = tune(replay, cancelled);
    if (outcome instanceof Tuned tuned) {
      return new Accepted(
          figures(comparison) + "; then fitted to the holdout as well" + told(temperature),
          comparison,
          tempered(tuned.weights(), temperature),
          replay.size());
    }
    return new Rejected(
        RejectReason.DIVERGED,
        "training on the holdout as well ran away: " + ((Diverged) outcome).reason(),
        Optional.of(comparison),
        Map.of(),
        replay.size());
  }

  /** With patience, the newest tenth is not tuned on but tells when to stop. */
  private TuneOutcome tune(List<ReplayExample> examples, BooleanSupplier cancelled) {
    boolean patient = settings.tune().refinements().patience() > 0;
    int held = patient ? examples.size() / HELD_FOR_PATIENCE : 0;
    List<ReplayExample> tuned = examples.subList(0, examples.size() - held);
    TrainingSet watched =
        set(held == 0 ? examples : examples.subList(tuned.size(), examples.size()));
    return HeadTuner.tune(champion, set(tuned), watched, settings.tune(), cancelled);
  }

  private static Rejected rejected(RejectReason code, String reason) {
    return new Rejected(code, reason, Optional.empty(), Map.of(), 0);
  }

  private Comparison compare(float[][] ours, float[][] theirs, TrainingSet judges) {
    return Comparison.of(
        evaluate(ours, judges),
        evaluate(theirs, judges),
        right(ours, judges),
        right(theirs, judges));
  }

  private Evaluation evaluate(float[][] probabilities, TrainingSet judges) {
    int[] decisions = new int[probabilities.length];
    for (int i = 0; i < decisions.length; i++) {
      decisions[i] = decide.applyAsInt(probabilities[i]);
    }
    return Evaluation.of(probabilities, decisions, judges.classes());
  }

  private boolean[] right(float[][] probabilities, TrainingSet judges) {
    boolean[] right = new boolean[probabilities.length];
    for (int i = 0; i < right.length; i++) {
      right[i] = decide.applyAsInt(probabilities[i]) == judges.classes()[i];
    }
    return right;
  }

  private static String figures(Comparison comparison) {
    return String.format(
        Locale.ROOT,
        "accuracy %.4f against the champion's %.4f on %d held-out examples",
        comparison.candidate().accuracy(),
        comparison.champion().accuracy(),
        comparison.candidate().count());
  }

  private static TrainingSet set(List<ReplayExample> examples) {
    float[][] activations = new float[examples.size()][];
    int[] classes = new int[examples.size()];
    float[] weights = new float[examples.size()];
    for (int i = 0; i < classes.length; i++) {
      ReplayExample example = examples.get(i);
      activations[i] = example.activation();
      classes[i] = example.classIndex();
      weights[i] = example.weight();
    }
    return new TrainingSet(activations, classes, weights);
  }
}
