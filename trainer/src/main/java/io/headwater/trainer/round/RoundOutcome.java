package io.headwater.trainer.round;

import io.headwater.trainer.evaluate.Comparison;
import java.util.Map;
import java.util.Optional;

/** How a round ended. */
public sealed interface RoundOutcome {
  /** One sentence for people. */
  String reason();

  /** How candidate and champion did on the holdout, where it came to that. */
  Optional<Comparison> comparison();

  /** What the candidate was tuned to, by initializer; empty where there is none. */
  Map<String, float[]> weights();

  /** How many examples those weights were tuned on. */
  int trainedOn();

  /** What the holdout said of training deeper than the head, where that was tried. */
  Depths depths();

  /**
   * The holdout's word on the depth.
   *
   * @param deeper whether the weights are those of the deeper segments
   * @param said a clause; empty where nothing deeper was tried
   * @param numbers figures by name
   */
  record Depths(boolean deeper, String said, Map<String, Double> numbers) {
    /** Nothing deeper was tried. */
    public static final Depths HEAD = new Depths(false, "", Map.of());

    public Depths {
      numbers = Map.copyOf(numbers);
    }
  }

  /** A candidate worth publishing. */
  record Accepted(
      String reason, Comparison judged, Map<String, float[]> weights, int trainedOn, Depths depths)
      implements RoundOutcome {
    @Override
    public Optional<Comparison> comparison() {
      return Optional.of(judged);
    }
  }

  /** Nothing to publish. */
  record Rejected(
      RejectReason code,
      String reason,
      Optional<Comparison> comparison,
      Map<String, float[]> weights,
      int trainedOn,
      Depths depths)
      implements RoundOutcome {}
}
