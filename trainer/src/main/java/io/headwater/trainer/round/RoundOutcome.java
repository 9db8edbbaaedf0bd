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

  /** A candidate worth publishing. */
  record Accepted(String reason, Comparison judged, Map<String, float[]> weights, int trainedOn)
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
      int trainedOn)
      implements RoundOutcome {}
}
