package io.headwater.stream.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.headwater.model.log.PublishedVersion;
import io.headwater.model.pack.MissingBlobException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.OutputKind;
import io.headwater.schemas.PublishedManifest;
import io.headwater.schemas.Stage;
import io.headwater.schemas.StageRecord;
import io.headwater.stream.meter.ScorerMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ModelFollowerTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<String> inForce = new CopyOnWriteArrayList<>();

  private ModelFollower follower(Consumer<ModelPackage> load) {
    return new ModelFollower(load, Duration.ofMillis(5), new ScorerMeters(registry));
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
        new PublishedManifest(bytes, Instant.EPOCH, List.of()),
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
    try (ModelFollower follower = follower(p -> inForce.add(p.manifest().getModel()))) {
      follower.offer(version("a", true));
      await().until(() -> inForce.size() == 1);
      follower.offer(version("a", true));
      follower.offer(version("b", true));
      await().until(() -> inForce.contains("b"));
      assertThat(inForce).containsExactly("a", "b");
      assertThat(registry.find("headwater.model.live").gauges()).hasSize(1);
    }
  }

  @Test
  void offer_untrainedVersion_isRefusedAndReported() {
    try (ModelFollower follower = follower(p -> inForce.add(p.manifest().getModel()))) {
      follower.offer(version("a", false));
      await().until(() -> follower.trouble().isPresent());
      assertThat(follower.trouble().orElseThrow()).contains("untrained", "headwater train");
      assertThat(counted("untrained")).isEqualTo(1);
      assertThat(inForce).isEmpty();
    }
  }

  @Test
  void offer_versionThatFailsToLoad_leavesTheOneBefore() {
    try (ModelFollower follower =
        follower(
            p -> {
              if (p.manifest().getModel().equals("bad")) {
                throw new IllegalStateException("not a graph");
              }
              inForce.add(p.manifest().getModel());
            })) {
      follower.offer(version("good", true));
      await().until(() -> !inForce.isEmpty());
      follower.offer(version("bad", true));
      await().until(() -> follower.trouble().isPresent());
      assertThat(follower.trouble().orElseThrow()).contains("not a graph", "goes on scoring");
      assertThat(counted("load")).isEqualTo(1);
      follower.offer(version("better", true));
      await().until(() -> follower.trouble().isEmpty());
      assertThat(inForce).containsExactly("good", "better");
    }
  }

  @Test
  void offer_blobsMissingAtFirst_isTriedAgain() {
    AtomicInteger attempts = new AtomicInteger();
    try (ModelFollower follower =
        follower(
            p -> {
              if (attempts.incrementAndGet() < 3) {
                throw new MissingBlobException("blob abc is not in the log");
              }
              inForce.add(p.manifest().getModel());
            })) {
      follower.offer(version("a", true));
      await().until(() -> inForce.contains("a"));
      assertThat(attempts).hasValue(3);
      assertThat(counted("load")).isZero();
    }
  }

  @Test
  void unreadable_record_isCountedAndReported() {
    try (ModelFollower follower = follower(p -> {})) {
      follower.unreadable(new IllegalArgumentException("not canonical"));
      assertThat(follower.trouble().orElseThrow()).contains("not canonical");
      assertThat(counted("unreadable")).isEqualTo(1);
    }
  }

  @Test
  void close_whileAVersionLoads_waitsForIt() throws Exception {
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    ModelFollower follower =
        follower(
            p -> {
              loading.countDown();
              boolean interrupted = true;
              while (interrupted) {
                try {
                  go.await();
                  interrupted = false;
                } catch (InterruptedException e) {
                  interrupted = true;
                }
              }
              inForce.add(p.manifest().getModel());
            });
    follower.offer(version("a", true));
    loading.await();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(follower::close);
    assertThat(closing).isNotDone();
    go.countDown();
    closing.join();
    assertThat(inForce).containsExactly("a");
    follower.offer(version("b", true));
    assertThat(inForce).containsExactly("a");
  }
}
