package io.headwater.stream.swap;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.guard.ModelRefusedException;
import io.headwater.model.guard.RefusalReason;
import io.headwater.model.log.Delivery;
import io.headwater.model.log.PublishedStage;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.pack.MissingBlobException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.LiveVersion;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.OutputKind;
import io.headwater.schemas.PublishedManifest;
import io.headwater.schemas.Stage;
import io.headwater.schemas.StageRecord;
import io.headwater.stream.TestPipelines;
import io.headwater.stream.meter.ScorerMeters;
import io.headwater.stream.score.Member;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class StageIntakeTest {
  private static final StageRecord RECORD =
      StageRecord.newBuilder()
          .setPipeline("reviews")
          .setStage(Stage.PRODUCTION)
          .setEpoch(1)
          .setLive(List.of())
          .setManifests(List.of())
          .setWrittenAt(Instant.EPOCH)
          .setReason("")
          .build();

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<List<String>> inForce = new ArrayList<>();

  private StageIntake intake(Stage stage, Consumer<ModelPackage> load) {
    return new StageIntake(
        stage,
        (of, version) -> {
          load.accept(version);
          return true;
        },
        (of, members) -> {
          assertThat(of).isEqualTo(stage);
          inForce.add(members.stream().map(Member::version).toList());
        },
        new ScorerMeters(registry).versions(),
        TestPipelines.CLOCK);
  }

  private StageIntake production(Consumer<ModelPackage> load) {
    return intake(Stage.PRODUCTION, load);
  }

  private static PublishedStage stage(PublishedVersion... live) {
    return new PublishedStage(RECORD, List.of(live));
  }

  private static String name(String model) {
    return version(model, true).version();
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
    ModelPackage toy =
        new ModelPackage(
            manifest,
            digest -> {
              throw new MissingBlobException(digest);
            });
    return new PublishedVersion(
        RECORD,
        new LiveVersion(toy.version(), 1.0, "", Instant.EPOCH),
        new PublishedManifest(bytes, "", bytes, Instant.EPOCH, List.of()),
        toy);
  }

  private double counted(String stage, String reason) {
    return registry
        .get("headwater.model.rejected")
        .tags("stage", stage, "reason", reason)
        .counter()
        .count();
  }

  private static void load(ModelPackage version) {
    switch (version.manifest().getModel()) {
      case "bad" -> throw new IllegalStateException("not a graph");
      case "native" -> throw new UnsatisfiedLinkError("no library");
      case "bomb" -> throw new ModelRefusedException(RefusalReason.BOMB, "node 'n'");
      case "absent" -> throw new MissingBlobException("blob b is gone");
      default -> {}
    }
  }

  @Test
  void offer_recordThatWasWaitedFor_timesItsSteps() {
    PublishedStage waited =
        new PublishedStage(
            RECORD,
            List.of(version("first", true)),
            new Delivery(
                TestPipelines.CLOCK.instant().minusMillis(90),
                Duration.ofMillis(-1),
                Duration.ofMillis(2),
                Duration.ofMillis(30)));

    production(version -> {}).offer(waited);
    production(version -> {}).offer(stage(version("second", true)));

    assertThat(registry.get("headwater.swap").timer().totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(90);
    assertThat(steps("reach")).isEqualTo(0);
    assertThat(steps("verify")).isEqualTo(2);
    assertThat(steps("fetch")).isEqualTo(30);
  }

  private double steps(String step) {
    Timer timer = registry.get("headwater.swap.step").tag("step", step).timer();
    assertThat(timer.count()).isEqualTo(1);
    return timer.totalTime(TimeUnit.MILLISECONDS);
  }

  @Test
  void offer_trainedVersion_comesIntoForceOnce() {
    StageIntake intake = production(p -> {});
    intake.offer(stage(version("a", true)));
    intake.offer(stage(version("a", true)));
    intake.offer(stage(version("b", true)));
    assertThat(inForce).containsExactly(List.of(name("a")), List.of(name("b")));
    assertThat(intake.trouble()).isEmpty();
    assertThat(registry.get("headwater.model.load").timer().count()).isEqualTo(3);
  }

  @Test
  void offer_untrainedVersion_isRefusedAndReported() {
    StageIntake intake = production(p -> {});
    intake.offer(stage(version("a", false)));
    assertThat(intake.trouble().orElseThrow()).contains("untrained", "headwater train");
    assertThat(counted("production", "untrained")).isEqualTo(1);
    assertThat(inForce).isEmpty();
  }

  @Test
  void offer_versionThatFailsToLoad_leavesTheOneBefore() {
    StageIntake intake = production(StageIntakeTest::load);
    intake.offer(stage(version("good", true)));
    intake.offer(stage(version("bad", true)));
    assertThat(intake.trouble().orElseThrow()).contains("not a graph", "goes on scoring");
    intake.offer(stage(version("native", true)));
    assertThat(counted("production", "load")).isEqualTo(2);
    intake.offer(stage(version("better", true)));
    assertThat(intake.trouble()).isEmpty();
    assertThat(inForce).containsExactly(List.of(name("good")), List.of(name("better")));
  }

  @Test
  void offer_versionThatTheGuardRefuses_isCountedByReasonAndLeavesTheOneBefore() {
    StageIntake intake = production(StageIntakeTest::load);
    intake.offer(stage(version("good", true)));
    intake.offer(stage(version("bomb", true)));
    assertThat(intake.trouble().orElseThrow()).contains("refused: node 'n'", "goes on scoring");
    intake.offer(stage(version("absent", true)));
    assertThat(intake.trouble().orElseThrow()).contains("blob b is gone");
    assertThat(counted("production", "bomb")).isEqualTo(1);
    assertThat(counted("production", "blob")).isEqualTo(1);
    assertThat(counted("production", "load")).isZero();
    assertThat(inForce).containsExactly(List.of(name("good")));
  }

  @Test
  void offer_shadowsOfWhichOneIsRefused_bringsTheOthersIntoForce() {
    StageIntake intake = intake(Stage.SHADOW, StageIntakeTest::load);
    intake.offer(stage(version("a", true), version("bomb", true), version("b", true)));
    assertThat(inForce).containsExactly(List.of(name("a"), name("b")));
    assertThat(counted("shadow", "bomb")).isEqualTo(1);
    assertThat(counted("production", "bomb")).isZero();
    assertThat(intake.trouble().orElseThrow()).contains("refused").doesNotContain("goes on");
    intake.offer(stage());
    assertThat(inForce).hasSize(2).endsWith(List.of());
    assertThat(intake.trouble()).isEmpty();
  }

  @Test
  void offer_setThatCannotBeOpened_isReportedAndOfferedAgainWithTheNextRecord() {
    List<Integer> attempts = new ArrayList<>();
    StageIntake intake =
        new StageIntake(
            Stage.CANARY,
            (of, version) -> false,
            (of, members) -> {
              attempts.add(members.size());
              throw new IllegalArgumentException("no memory");
            },
            new ScorerMeters(registry).versions(),
            TestPipelines.CLOCK);
    intake.offer(stage(version("a", true)));
    assertThat(intake.trouble().orElseThrow()).contains("no memory");
    intake.offer(stage(version("a", true)));
    assertThat(attempts).containsExactly(1, 1);
    assertThat(counted("canary", "load")).isEqualTo(2);
  }

  @Test
  void unreadable_record_isCountedAndReported() {
    StageIntake intake = production(p -> {});
    intake.unreadable(new IllegalArgumentException("not canonical"));
    assertThat(intake.trouble().orElseThrow()).contains("not canonical");
    assertThat(counted("production", "unreadable")).isEqualTo(1);
  }
}
