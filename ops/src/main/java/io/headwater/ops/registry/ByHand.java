package io.headwater.ops.registry;

import io.headwater.model.log.Placed;
import io.headwater.model.log.PublishedStage;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.log.StageWriter;
import io.headwater.model.pack.MissingBlobException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Exclusions;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.sign.Signing;
import io.headwater.ops.UserError;
import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Evidence;
import io.headwater.schemas.GateOutcome;
import io.headwater.schemas.RolloutAction;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Stage;
import io.headwater.trainer.publish.Rewinds;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.errors.ProducerFencedException;

/**
 * Writes versions onto a stage because a person says so, with no gate but an untrained head's.
 *
 * @param client Kafka client settings: bootstrap servers, security; by {@code consumer.} or {@code
 *     producer.} those of one kind
 * @param by who the decisions shall say took them
 */
public record ByHand(
    Pipeline pipeline, Map<String, Object> client, Signing signing, Clock clock, String by) {
  /** What the user of this process decides. */
  public ByHand(Pipeline pipeline, Map<String, Object> client, Signing signing, Clock clock) {
    this(pipeline, client, signing, clock, System.getProperty("user.name", "unknown") + " by hand");
  }

  /**
   * Publishes a package.
   *
   * @param whole sends all its blobs, even those that the log should hold
   * @throws UserError where it is not this pipeline's, is untrained, or lacks blobs
   */
  public StageWriter.Written publish(
      ModelPackage version, Stage stage, String reason, boolean whole) {
    RolloutDecision decision = decision(version, RolloutAction.PUBLISH, reason);
    return writing(
        stage,
        writer ->
            whole
                ? writer.publishWhole(version, decision, decision.getDecidedAt())
                : writer.publish(version, decision, Map.of(), decision.getDecidedAt()));
  }

  /**
   * Puts a version that stands in the log onto a stage, once all its blobs have been read; it is
   * the stage's only one from then on.
   *
   * @param action PROMOTE or ROLLBACK
   * @throws UserError where it is untrained or a blob is gone
   */
  public StageWriter.Written put(
      PublishedVersion version, Stage stage, RolloutAction action, String reason) {
    RolloutDecision decision = decision(version.model(), action, reason);
    return writing(
        stage,
        writer -> {
          requireWhole(version);
          return writer.promote(version, decision, decision.getDecidedAt());
        });
  }

  /**
   * Sends learning back to a version that stands in the log: it becomes the newest candidate, and
   * the decision says what is not learnt from any more.
   *
   * @param why a person's words
   */
  public StageWriter.Written rewind(PublishedVersion version, Exclusions exclusions, String why) {
    String reason = Rewinds.reason(why, version.version(), exclusions);
    RolloutDecision decision =
        RolloutDecision.newBuilder(decision(version.model(), RolloutAction.ROLLBACK, reason))
            .setRewind(Rewinds.record(exclusions, pipeline.topics().examples()))
            .build();
    return writing(
        Stage.CANDIDATE,
        writer -> {
          requireWhole(version);
          return writer.promote(version, decision, decision.getDecidedAt());
        });
  }

  /**
   * Puts a version that stands in the log onto a stage, with a share of the keys and beside others.
   *
   * @param beside versions of the stage that stay
   * @param share of the keys, for a canary
   * @throws UserError where it is untrained, a blob is gone, or the stage does not take so many
   */
  public PublishedStage put(
      PublishedVersion version,
      List<PublishedVersion> beside,
      double share,
      Stage stage,
      String reason) {
    RolloutDecision decision = decision(version.model(), RolloutAction.PROMOTE, reason);
    List<Placed> live = new ArrayList<>();
    for (PublishedVersion other : beside) {
      live.add(
          new Placed(
              other, other.live().getShare(), other.live().getSalt(), other.effectiveFrom()));
    }
    // One salt for the canaries of a stage gives them keys apart.
    String salt = beside.isEmpty() ? version.version() : beside.get(0).live().getSalt();
    live.add(
        new Placed(version, share, stage == Stage.CANARY ? salt : "", decision.getDecidedAt()));
    return writing(
        stage,
        writer -> {
          requireWhole(version);
          return writer.put(live, decision);
        });
  }

  /**
   * Takes all versions off a stage that can do without: canary or shadow.
   *
   * @param last that was live there
   */
  public PublishedStage clear(PublishedVersion last, Stage stage, String reason) {
    RolloutDecision decision = decision(last.model(), RolloutAction.HOLD, reason);
    return writing(stage, writer -> writer.put(List.of(), decision));
  }

  private static void requireWhole(PublishedVersion version) {
    for (BlobRef blob : version.model().manifest().getBlobs()) {
      byte[] unused = version.model().blobs().get(blob.getDigest());
    }
  }

  private <T> T writing(Stage stage, Function<StageWriter, T> work) {
    try (StageWriter writer = new StageWriter(pipeline.topics(), stage, client, signing, clock)) {
      return work.apply(writer);
    } catch (MissingBlobException | IllegalArgumentException e) {
      throw new UserError(
          "nothing was written to stage " + Found.name(stage), String.valueOf(e.getMessage()), e);
    } catch (ProducerFencedException e) {
      throw new UserError(
          "another writer of stage " + Found.name(stage) + " took over, and nothing was written",
          "see with `headwater model list` what it wrote, then run this again",
          e);
    }
  }

  private RolloutDecision decision(ModelPackage version, RolloutAction action, String reason) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return RolloutDecision.newBuilder()
        .setPipeline(pipeline.name())
        .setVersion(version.version())
        .setAction(action)
        .setOutcome(GateOutcome.PASS)
        .setReason(reason)
        .setEvidence(
            version.manifest().getMetrics().stream()
                .map(metric -> new Evidence(metric.getName(), metric.getValue()))
                .toList())
        .setExamplesSeen(0)
        .setDecidedAt(now)
        .setBy(by)
        .build();
  }
}
