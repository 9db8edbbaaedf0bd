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
   * @param kept name of the contender whose weights they are; {@link Contender#HEAD} for the head's
   * @param said a clause; empty where nothing but the head was tried
   * @param numbers figures by name
   */
  record Depths(String kept, String said, Map<String, Double> numbers) {
    /** Nothing but the head was tried. */
    public static final Depths HEAD = new Depths(Contender.HEAD, "", Map.of());

    public Depths {
      numbers = Map.copyOf(numbers);
    }

    /** Whether the weights are not those of the head alone. */
    public boolean deeper() {
      return !kept.equals(Contender.HEAD);
    }
  }

  /**
   * A candidate worth publishing.
   *
   * @param part how far from the champion's weights to those that were tuned these are; 1 unless a
   *     {@link Leash} held them back
   */
  record Accepted(
      String reason,
      Comparison judged,
      Map<String, float[]> weights,
      int trainedOn,
      Depths depths,
      double part)
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
