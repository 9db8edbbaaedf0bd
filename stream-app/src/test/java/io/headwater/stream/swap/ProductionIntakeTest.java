package io.headwater.stream.swap;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.guard.ModelRefusedException;
import io.headwater.model.guard.RefusalReason;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.pack.MissingBlobException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.OutputKind;
import io.headwater.schemas.PublishedManifest;
import io.headwater.schemas.Stage;
import io.headwater.schemas.StageRecord;
import io.headwater.stream.TestPipelines;
import io.headwater.stream.meter.ScorerMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ProductionIntakeTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<String> inForce = new ArrayList<>();

  private ProductionIntake intake(Consumer<ModelPackage> load) {
    return new ProductionIntake(load, new ScorerMeters(registry), TestPipelines.CLOCK);
  }

  private static PublishedVersion version(String model, boolean trained) {
    Manifest manifest =
        Manifest.newBuilder()
            .setFormat(1)
            .setPipeline("reviews")
            .setModel(model)
            .setSegments(List.of())
            .setBlobs(List.of())
            .setFeatures(List.of())
            .setLabels(List.of("bad", "good"))
            .setOutput(OutputKind.LOGITS)
            .setScored("logits")
            .setThresholds(List.of())
            .setTrained(trained)
            .setBatchInvariant(true)
            .setLineage(
                Lineage.newBuilder()
                    .setRanges(List.of())
                    .setExampleCount(0)
                    .setSeed(0)
                    .setSettings(List.of())
                    .setRuntime(List.of())
                    .setFreeze("head")
                    .setFreezeReason("")
                    .build())
            .setMetrics(List.of())
            .build();
    ByteBuffer bytes = ByteBuffer.allocate(0);
    return new PublishedVersion(
        StageRecord.newBuilder()
            .setPipeline("reviews")
            .setStage(Stage.PRODUCTION)
            .setEpoch(1)
            .setLive(List.of())
            .setManifests(List.of())
            .setWrittenAt(Instant.EPOCH)
            .setReason("")
            .build(),
        new PublishedManifest(bytes, "", bytes, Instant.EPOCH, List.of()),
        new ModelPackage(
            manifest,
            digest -> {
              throw new MissingBlobException(digest);
            }),
        Instant.EPOCH);
  }

  private double counted(String reason) {
    return registry.get("headwater.model.rejected").tag("reason", reason).counter().count();
  }

  @Test
  void offer_trainedVersion_comesIntoForceOnce() {
    ProductionIntake intake = intake(p -> inForce.add(p.manifest().getModel()));
    intake.offer(version("a", true));
    intake.offer(version("a", true));
    intake.offer(version("b", true));
    assertThat(inForce).containsExactly("a", "b");
    assertThat(intake.trouble()).isEmpty();
    assertThat(registry.find("headwater.model.live").gauges()).hasSize(1);
    assertThat(registry.get("headwater.model.swaps").counter().count()).isEqualTo(2);
  }

  @Test
  void offer_untrainedVersion_isRefusedAndReported() {
    ProductionIntake intake = intake(p -> inForce.add(p.manifest().getModel()));
    intake.offer(version("a", false));
    assertThat(intake.trouble().orElseThrow()).contains("untrained", "headwater train");
    assertThat(counted("untrained")).isEqualTo(1);
    assertThat(inForce).isEmpty();
  }

  @Test
  void offer_versionThatFailsToLoad_leavesTheOneBefore() {
    ProductionIntake intake =
        intake(
            p -> {
              switch (p.manifest().getModel()) {
                case "bad" -> throw new IllegalStateException("not a graph");
                case "native" -> throw new UnsatisfiedLinkError("no library");
                default -> inForce.add(p.manifest().getModel());
              }
            });
    intake.offer(version("good", true));
    intake.offer(version("bad", true));
    assertThat(intake.trouble().orElseThrow()).contains("not a graph", "goes on scoring");
    intake.offer(version("native", true));
    assertThat(counted("load")).isEqualTo(2);
    intake.offer(version("better", true));
    assertThat(intake.trouble()).isEmpty();
    assertThat(inForce).containsExactly("good", "better");
  }

  @Test
  void offer_versionThatTheGuardRefuses_isCountedByReasonAndLeavesTheOneBefore() {
    ProductionIntake intake =
        intake(
            p -> {
              switch (p.manifest().getModel()) {
                case "bomb" -> throw new ModelRefusedException(RefusalReason.BOMB, "node 'n'");
                case "absent" -> throw new MissingBlobException("blob b is gone");
                default -> inForce.add(p.manifest().getModel());
              }
            });
    intake.offer(version("good", true));
    intake.offer(version("bomb", true));
    assertThat(intake.trouble().orElseThrow()).contains("refused: node 'n'", "goes on scoring");
    intake.offer(version("absent", true));
    assertThat(intake.trouble().orElseThrow()).contains("blob b is gone");
    assertThat(counted("bomb")).isEqualTo(1);
    assertThat(counted("blob")).isEqualTo(1);
    assertThat(counted("load")).isZero();
    assertThat(inForce).containsExactly("good");
  }

  @Test
  void unreadable_record_isCountedAndReported() {
    ProductionIntake intake = intake(p -> {});
    intake.unreadable(new IllegalArgumentException("not canonical"));
    assertThat(intake.trouble().orElseThrow()).contains("not canonical");
    assertThat(counted("unreadable")).isEqualTo(1);
  }
}
