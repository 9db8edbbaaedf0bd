package io.headwater.model.sign;

import io.headwater.schemas.Stage;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * What a writer of the model log needs: a key of its own, and whom it believes.
 *
 * @param trust as it stands at each call
 */
public record Signing(Signer signer, Supplier<Trust> trust) {
  /**
   * Checks that the writer believes its own signature on a stage, since nobody who trusts the same
   * keys would follow it otherwise.
   *
   * @throws RefusedException naming the command that mends it
   */
  public void requireStage(String pipeline, Stage stage, Instant now) {
    trust
        .get()
        .find(signer.key().id())
        .orElseThrow(
            () ->
                new RefusedException(
                    Refusal.UNKNOWN_KEY,
                    "the signing key %s is not trusted here: headwater keys trust %s"
                        .formatted(signer.key().id(), signer.key().text())))
        .requireStage(pipeline, stage, now);
  }
}
