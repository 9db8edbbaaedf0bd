package io.headwater.trainer.round;

import io.headwater.model.runtime.Crossing;
import io.headwater.model.runtime.InferenceException;
import io.headwater.trainer.evaluate.Temperature;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.round.RoundOutcome.Depths;
import io.headwater.trainer.round.RoundOutcome.Rejected;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.TemperedHead;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One training: from the replayed examples to a candidate or the reason why there is none.
 *
 * <p>The head trains first. Where deeper segments are to train as well, they start from that head
 * (Kumar et al., Fine-Tuning can Distort Pretrained Features, 2022); a head at an earlier tap
 * starts from fresh weights. Either is kept only where the holdout finds it better.
 *
 * <p>Knows no Kafka, files or clocks: the same champion, examples and settings end the same way.
 * Runs on the calling thread alone.
 *
 * @param champion the head in production
 * @param contenders what is to train besides, each behind those whose weights it starts from
 * @param decide the class that the version's thresholds decide for; unused where labels are numbers
 * @param rival the head that candidates are held against, where that is another than the champion:
 *     what is in force while learning starts from an older head
 * @param leash how far the head may leave one that must not be forgotten; deeper training is not
 *     held
 */
public record TrainingRound(
    HeadGraph champion,
    List<Contender> contenders,
    ToIntFunction<float[]> decide,
    RoundSettings settings,
    @Nullable HeadGraph rival,
    Leash leash) {

  /** Examples that are not held out, per held-out one, at least. */
  private static final int TRAINED_PER_HELD_OUT = 2;

  public TrainingRound {
    contenders = List.copyOf(contenders);
  }

  /** A round of the head alone. */
  public TrainingRound(HeadGraph champion, ToIntFunction<float[]> decide, RoundSettings settings) {
    this(champion, List.of(), decide, settings);
  }

  /** A round whose candidate is held against the champion. */
  public TrainingRound(
      HeadGraph champion,
      List<Contender> contenders,
      ToIntFunction<float[]> decide,
      RoundSettings settings) {
    this(champion, contenders, decide, settings, null, Leash.NONE);
  }

  /** Runs the round on examples that carry their activations. */
  public RoundOutcome run(List<ReplayExample> replay, BooleanSupplier cancelled) {
    List<Crossing> rows =
        replay.stream()
            .map(example -> Crossing.of(Objects.requireNonNull(example.activation())))
            .toList();
    return run(replay, rows, cancelled);
  }

  /**
   * Runs the round.
   *
   * @param replay in the order in which the labels were known
   * @param crossing what crosses to the head, for each
   * @param cancelled asked before each step
   * @throws CancellationException soon after {@code cancelled} answered true
   */
  public RoundOutcome run(
      List<ReplayExample> replay, List<Crossing> crossing, BooleanSupplier cancelled) {
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
    int seen = replay.size() - holdout;
    Optional<String> nothing = goal().nothingToLearn(replay.subList(0, seen));
    if (nothing.isPresent()) {
      return rejected(RejectReason.ONE_CLASS, nothing.get());
    }
    try {
      return new RoundRun(this, goal(), new Rows(replay, crossing), seen, cancelled).outcome();
    } catch (InferenceException e) {
      return rejected(RejectReason.DIVERGED, "a head can't answer: " + e.getMessage());
    }
  }

  static Rejected rejected(RejectReason code, String reason) {
    return new Rejected(code, reason, Optional.empty(), Map.of(), 0, Depths.HEAD);
  }

  private Goal goal() {
    return settings.tune().refinements().loss().classifies()
        ? new ClassGoal(decide)
        : new ValueGoal();
  }
}
