package io.headwater.stream.score;

import io.headwater.schemas.Stage;
import java.time.Instant;

/**
 * A version on a stage.
 *
 * @param share of the keys that a canary answers for, in (0, 1]
 * @param salt of the hash that chooses them
 * @param effectiveFrom when it comes into force, by the scorer's clock; a time that has passed
 *     means at once, whatever the events' times
 */
public record Member(
    Stage stage, String version, double share, String salt, Instant effectiveFrom) {
  boolean isEffective(Instant now) {
    return !effectiveFrom.isAfter(now);
  }
}
