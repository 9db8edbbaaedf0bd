package io.headwater.model.log;

import io.headwater.schemas.LiveVersion;
import io.headwater.schemas.Stage;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A version's place on a stage.
 *
 * @param share of the keys that it answers for, in (0, 1]; read of canaries alone
 * @param salt of the hash that chooses them: canaries of one salt get keys apart, and another salt
 *     another choice
 * @param effectiveFrom when it comes into force, by the scorers' clocks
 */
public record Placed(PublishedVersion version, double share, String salt, Instant effectiveFrom) {
  private static final double FIRST_CANARY_SHARE = 0.1;

  /** The place of a stage's only version: as a canary it answers for a tenth of the keys. */
  static Placed alone(Stage stage, PublishedVersion version, Instant effectiveFrom) {
    LiveVersion live = alone(stage, version.version(), effectiveFrom);
    return new Placed(version, live.getShare(), live.getSalt(), effectiveFrom);
  }

  static LiveVersion alone(Stage stage, String version, Instant effectiveFrom) {
    boolean canary = stage == Stage.CANARY;
    return live(version, canary ? FIRST_CANARY_SHARE : 1, canary ? version : "", effectiveFrom);
  }

  LiveVersion live() {
    return live(version.version(), share, salt, effectiveFrom);
  }

  private static LiveVersion live(String version, double share, String salt, Instant from) {
    return new LiveVersion(version, share, salt, from.truncatedTo(ChronoUnit.MILLIS));
  }
}
