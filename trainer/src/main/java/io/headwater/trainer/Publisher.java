package io.headwater.trainer;

import io.headwater.model.log.ModelLog;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.log.StageWriter;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.sign.Signing;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Stage;
import io.headwater.trainer.evaluate.Comparison;
import io.headwater.trainer.evaluate.Evaluation.Measure;
import io.headwater.trainer.log.DecisionHistory;
import io.headwater.trainer.meter.TrainerMeters;
import io.headwater.trainer.plan.FreezeDecision;
import io.headwater.trainer.publish.Decisions;
import io.headwater.trainer.round.RejectReason;
import io.headwater.trainer.round.RoundOutcome;
import io.headwater.trainer.trigger.Firing;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes how rounds ended into the log: the candidate with its decision and the offsets read, then,
 * as the gates allow, the promotion.
 *
 * <p>A crash between the two leaves a published candidate without a further decision, which {@link
 * #finish} takes up. A version holds in production from its promotion on the wall clock, and
 * scorers apply it as soon as they have it, whatever their events' times.
 *
 * <p>Not safe for use by several threads. Its key must be trusted for each stage that it writes.
 * Opening one fences any other trainer of the pipeline.
 */
final class Publisher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

  private final Pipeline pipeline;
  private final Map<String, Object> client;
  private final Signing signing;
  private final ModelLog models;
  private final TrainerMeters meters;
  private final StatusBoard board;
  private final Clock clock;
  private final Decisions decisions;
  private final StageWriter candidates;

  Publisher(
      Pipeline pipeline,
      Map<String, Object> client,
      Signing signing,
      ModelLog models,
      Telemetry telemetry,
      Clock clock) {
    this.pipeline = pipeline;
    this.client = client;
    this.signing = signing;
    this.models = models;
    this.meters = telemetry.meters();
    this.board = telemetry.board();
    this.clock = clock;
    this.decisions = new Decisions(pipeline.name(), clock);
    requirePromoter();
    this.candidates = new StageWriter(pipeline.topics(), Stage.CANDIDATE, client, signing, clock);
  }

  /** A trainer that promotes by itself would else find out after its first training. */
  private void requirePromoter() {
    switch (pipeline.rollout().gates()) {
      case HOLDOUT ->
          signing.requireStage(pipeline.topics().prefix(), Stage.PRODUCTION, clock.instant());
    }
  }

  /**
   * Concludes a round.
   *
   * @param from what was trained from, and judged against
   * @param freeze how deep the training went, and why
   * @param version what the round led to; of a rejected one only its name is written
   * @param firing what it was fired by
   * @param guarded figures on the guard set
   * @param offsets what had been read
   */
  void conclude(
      StartingPoint from,
      RoundOutcome outcome,
      FreezeDecision freeze,
      ModelPackage version,
      Firing firing,
      List<Measure> guarded,
      Map<TopicPartition, OffsetAndMetadata> offsets,
      long examplesSeen) {
    List<Measure> evidence = new ArrayList<>(firing.measures());
    outcome.comparison().map(Comparison::measures).ifPresent(evidence::addAll);
    evidence.addAll(guarded);
    freeze.numbers().forEach((name, value) -> evidence.add(new Measure(name, value)));
    String judge = from.judge();
    String rewound =
        from.isRewound() ? "; learning was rewound to " + Digest.brief(from.start().version()) : "";
    String reason =
        "%s; fired by %s; trained %s: %s%s"
            .formatted(
                outcome.reason(), firing.reason(), freeze.freeze(), freeze.reason(), rewound);
    outcome.comparison().ifPresent(meters::judged);
    if (outcome instanceof RoundOutcome.Rejected rejected) {
      RolloutDecision decision =
          decisions.rejected(version.version(), judge, reason, evidence, examplesSeen);
      candidates.record(decision, offsets);
      tell(decision);
      meters.rejected(rejected.code());
      return;
    }
    RolloutDecision decision =
        decisions.published(version.version(), judge, reason, evidence, examplesSeen);
    StageWriter.Written written = candidates.publish(version, decision, offsets, clock.instant());
    tell(decision);
    meters.published();
    promote(written.version(), decision);
  }

  /** Promotes or withdraws the newest candidate, where a crash has left that open. */
  void finish(DecisionHistory history) {
    Optional<PublishedVersion> candidate = models.latest(Stage.CANDIDATE);
    if (candidate.isPresent()) {
      history
          .undecided(candidate.get().version())
          .filter(decision -> decision.getBy().equals(Decisions.TRAINER))
          .ifPresent(decision -> promote(candidate.get(), decision));
    }
  }

  private void promote(PublishedVersion candidate, RolloutDecision published) {
    switch (pipeline.rollout().gates()) {
      case HOLDOUT -> promoteAtOnce(candidate, published);
    }
  }

  private void promoteAtOnce(PublishedVersion candidate, RolloutDecision published) {
    try (StageWriter production =
        new StageWriter(pipeline.topics(), Stage.PRODUCTION, client, signing, clock)) {
      // Read behind the fence: no other writer can come between this look and the promotion.
      String now = models.latest(Stage.PRODUCTION).map(PublishedVersion::version).orElse("");
      if (!now.equals(judgedAgainst(candidate, published))) {
        RolloutDecision decision =
            decisions.withdrawn(
                published,
                "production moved on to %s while %s was made from %s"
                    .formatted(
                        Digest.brief(now),
                        Digest.brief(candidate.version()),
                        Digest.brief(String.valueOf(published.getChampion()))));
        production.record(decision, Map.of());
        tell(decision);
        meters.rejected(RejectReason.SUPERSEDED);
        return;
      }
      RolloutDecision decision = decisions.promoted(published);
      production.promote(candidate, decision, clock.instant());
      tell(decision);
      meters.promoted();
    }
  }

  /** What it was found no worse than: its parent, unless learning was rewound. */
  private static String judgedAgainst(PublishedVersion candidate, RolloutDecision published) {
    String champion = published.getChampion();
    return champion == null
        ? String.valueOf(candidate.model().manifest().getLineage().getParent())
        : champion;
  }

  private void tell(RolloutDecision decision) {
    board.decided(decision);
    LOG.info(
        "{} {}: {}",
        decision.getAction(),
        Digest.brief(decision.getVersion()),
        decision.getReason());
  }

  @Override
  public void close() {
    candidates.close();
  }
}
