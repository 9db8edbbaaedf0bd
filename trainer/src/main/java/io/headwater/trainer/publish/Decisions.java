package io.headwater.trainer.publish;

import io.headwater.schemas.Evidence;
import io.headwater.schemas.GateOutcome;
import io.headwater.schemas.RolloutAction;
import io.headwater.schemas.RolloutDecision;
import io.headwater.trainer.evaluate.Evaluation.Measure;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The trainer's decisions as records.
 *
 * @param pipeline the pipeline's name
 * @param clock tells when a decision was taken
 */
public record Decisions(String pipeline, Clock clock) {
  /** Who decides, as the records say it. */
  public static final String TRAINER = "trainer";

  /** A candidate is published: it passed on the trainer's holdout. */
  public RolloutDecision published(
      String version, String champion, String reason, List<Measure> evidence, long examplesSeen) {
    return decision(
        version,
        champion,
        RolloutAction.PUBLISH,
        GateOutcome.PASS,
        reason,
        evidence(evidence),
        examplesSeen);
  }

  /** What was published is promoted, on the same evidence. */
  public RolloutDecision promoted(RolloutDecision published) {
    return decision(
        published.getVersion(),
        published.getChampion(),
        RolloutAction.PROMOTE,
        GateOutcome.PASS,
        published.getReason(),
        published.getEvidence(),
        published.getExamplesSeen());
  }

  /** A training that ends without a version to run. */
  public RolloutDecision rejected(
      String version, String champion, String reason, List<Measure> evidence, long examplesSeen) {
    return decision(
        version,
        champion,
        RolloutAction.REJECT,
        GateOutcome.FAIL,
        reason,
        evidence(evidence),
        examplesSeen);
  }

  /** What was published is not promoted after all, for the reason given. */
  public RolloutDecision withdrawn(RolloutDecision published, String reason) {
    return decision(
        published.getVersion(),
        published.getChampion(),
        RolloutAction.REJECT,
        GateOutcome.FAIL,
        reason,
        published.getEvidence(),
        published.getExamplesSeen());
  }

  private RolloutDecision decision(
      String version,
      @Nullable String champion,
      RolloutAction action,
      GateOutcome outcome,
      String reason,
      List<Evidence> evidence,
      long examplesSeen) {
    return RolloutDecision.newBuilder()
        .setPipeline(pipeline)
        .setVersion(version)
        .setChampion(champion)
        .setAction(action)
        .setOutcome(outcome)
        .setReason(reason)
        .setEvidence(evidence)
        .setExamplesSeen(examplesSeen)
        .setDecidedAt(clock.instant().truncatedTo(ChronoUnit.MILLIS))
        .setBy(TRAINER)
        .build();
  }

  private static List<Evidence> evidence(List<Measure> measures) {
    return measures.stream()
        .map(measure -> new Evidence(measure.name(), measure.value()))
        .sorted(Comparator.comparing(Evidence::getName))
        .toList();
  }
}
