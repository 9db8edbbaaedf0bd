package io.headwater.model.sign;

import io.headwater.schemas.Stage;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A public key, and what its signatures are believed on.
 *
 * @param name for people
 * @param pipelines that it may sign for; {@link #ANY} stands for all
 * @param stages whose records it may sign; with any of them it may sign manifests too
 * @param until what was signed later is not believed; null knows no end
 * @param revoked whether nothing of it is believed any more, whenever it was signed
 */
public record TrustedKey(
    String name,
    Ed25519Key key,
    Set<String> pipelines,
    Set<Stage> stages,
    @Nullable Instant until,
    boolean revoked) {
  public static final String ANY = "*";

  public TrustedKey {
    if (pipelines.isEmpty() || stages.isEmpty()) {
      throw new IllegalArgumentException(
          "key " + key.id() + " must be trusted for a pipeline and a stage at least");
    }
    pipelines = Set.copyOf(pipelines);
    stages = Set.copyOf(stages);
  }

  /** A key that may sign for every stage of every pipeline, without an end. */
  public static TrustedKey forAll(String name, Ed25519Key key) {
    return new TrustedKey(name, key, Set.of(ANY), EnumSet.allOf(Stage.class), null, false);
  }

  /** The same key without a word from that time on. */
  public TrustedKey retiredAt(Instant time) {
    Instant end = until != null && until.isBefore(time) ? until : time;
    return new TrustedKey(name, key, pipelines, stages, end, revoked);
  }

  /** The same key, its every signature disbelieved. */
  public TrustedKey asRevoked() {
    return new TrustedKey(name, key, pipelines, stages, until, true);
  }

  /**
   * Checks that it may sign a stage's records.
   *
   * @param at when that was signed, by a clock that the signer does not set
   * @throws RefusedException where it may not
   */
  public void requireStage(String pipeline, Stage stage, Instant at) {
    requirePipeline(pipeline);
    if (!stages.contains(stage)) {
      Set<Stage> wider = EnumSet.of(stage);
      wider.addAll(stages);
      throw new RefusedException(
          Refusal.KEY_NOT_ALLOWED,
          "key %s (%s) may sign for %s, not for %s; to allow it: headwater keys trust %s --stages %s"
              .formatted(key.id(), name, names(stages), name(stage), key.text(), names(wider)));
    }
    requireValid(at);
  }

  /**
   * Checks that it may sign a pipeline's manifests.
   *
   * @param at when that was published
   * @throws RefusedException where it may not
   */
  public void requireManifest(String pipeline, Instant at) {
    requirePipeline(pipeline);
    requireValid(at);
  }

  private void requirePipeline(String pipeline) {
    if (!pipelines.contains(ANY) && !pipelines.contains(pipeline)) {
      throw new RefusedException(
          Refusal.KEY_NOT_ALLOWED,
          "key %s (%s) may not sign for pipeline '%s'; to allow it: headwater keys trust %s"
                  .formatted(key.id(), name, pipeline, key.text())
              + " --pipelines "
              + pipeline);
    }
  }

  private void requireValid(Instant at) {
    if (revoked) {
      throw new RefusedException(
          Refusal.KEY_RETIRED,
          "key %s (%s) is held to be compromised".formatted(key.id(), name)
              + "; sign the version again with another key");
    }
    if (until != null && at.isAfter(until)) {
      throw new RefusedException(
          Refusal.KEY_RETIRED,
          "key %s (%s) was retired at %s, before this was signed; sign it again with another key"
              .formatted(key.id(), name, until));
    }
  }

  static String names(Set<Stage> stages) {
    return stages.stream().sorted().map(TrustedKey::name).collect(Collectors.joining(","));
  }

  private static String name(Stage stage) {
    return stage.name().toLowerCase(Locale.ROOT);
  }
}
