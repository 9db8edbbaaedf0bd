package io.headwater.ops.bench;

import io.headwater.model.log.StageWriter;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.sign.KeyFolder;
import io.headwater.ops.sign.OwnKey;
import io.headwater.schemas.GateOutcome;
import io.headwater.schemas.RolloutAction;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Stage;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** The production stage of a measured pipeline, and who writes it. */
final class Production implements AutoCloseable {
  private final Pipeline pipeline;
  private final StageWriter writer;

  /**
   * Becomes the stage's writer.
   *
   * @param keys folder of the bench's own key, made where there is none
   */
  Production(Pipeline pipeline, Map<String, Object> client, Path keys) {
    this.pipeline = pipeline;
    this.writer =
        new StageWriter(
            pipeline.topics(),
            Stage.PRODUCTION,
            client,
            OwnKey.ofDefault(new KeyFolder(keys)).signing(line -> {}),
            Clock.systemUTC());
  }

  /** Puts a version in force. */
  StageWriter.Written publish(ModelPackage version) {
    return writer.publish(version, decision(pipeline, version.version()), Map.of(), Instant.EPOCH);
  }

  /** What a stage is told why it gets a version. */
  static RolloutDecision decision(Pipeline pipeline, String version) {
    return RolloutDecision.newBuilder()
        .setPipeline(pipeline.name())
        .setVersion(version)
        .setAction(RolloutAction.PUBLISH)
        .setOutcome(GateOutcome.PASS)
        .setReason("to be measured")
        .setEvidence(List.of())
        .setExamplesSeen(0)
        .setDecidedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
        .setBy("bench")
        .build();
  }

  @Override
  public void close() {
    writer.close();
  }
}
