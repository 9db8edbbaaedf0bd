package io.headwater.ops;

import io.headwater.model.pack.BlobMap;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.GateOutcome;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.OutputKind;
import io.headwater.schemas.RolloutAction;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Segment;
import io.headwater.schemas.Weight;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Versions with blobs of a wanted size and no model in them. */
final class ToyModel {
  static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");
  private static final int HEAD_WEIGHTS = 100;

  private ToyModel() {}

  /** A trained first version whose frozen segment has random weights of the given sizes. */
  static ModelPackage version(String pipeline, long seed, int... frozenBytes) {
    Random random = new Random(seed);
    List<byte[]> blobs = new ArrayList<>();
    List<Weight> frozen = new ArrayList<>();
    for (int bytes : frozenBytes) {
      byte[] blob = new byte[bytes];
      random.nextBytes(blob);
      frozen.add(new Weight("w" + frozen.size(), Digest.of(blob)));
      blobs.add(blob);
    }
    byte[] backbone = ("backbone of " + pipeline + seed).getBytes(StandardCharsets.UTF_8);
    byte[] head = ("head of " + pipeline + seed).getBytes(StandardCharsets.UTF_8);
    byte[] weights =
        ByteBuffer.allocate(4 * HEAD_WEIGHTS).order(ByteOrder.LITTLE_ENDIAN).putLong(seed).array();
    blobs.addAll(List.of(backbone, head, weights));
    Manifest draft =
        Manifest.newBuilder()
            .setFormat(1)
            .setPipeline(pipeline)
            .setModel("toy")
            .setSegments(
                List.of(
                    new Segment(
                        "backbone", Digest.of(backbone), frozen, List.of(), List.of(), false),
                    new Segment(
                        "head",
                        Digest.of(head),
                        List.of(new Weight("head", Digest.of(weights))),
                        List.of(),
                        List.of(),
                        true)))
            .setBlobs(List.of())
            .setFeatures(List.of())
            .setLabels(List.of("ham", "spam"))
            .setOutput(OutputKind.LOGITS)
            .setScored("logits")
            .setThresholds(List.of())
            .setTrained(true)
            .setBatchInvariant(true)
            .setLineage(lineage())
            .setMetrics(List.of())
            .build();
    return ModelPackage.seal(draft, BlobMap.of(blobs));
  }

  /** A version with the same frozen segment and another head. */
  static ModelPackage child(ModelPackage parent, float weight) {
    float[] weights = new float[HEAD_WEIGHTS];
    weights[0] = weight;
    return parent.withHeadWeights(Map.of("head", weights), lineage(), null, List.of());
  }

  static RolloutDecision decision(ModelPackage version) {
    return RolloutDecision.newBuilder()
        .setPipeline(version.manifest().getPipeline())
        .setVersion(version.version())
        .setAction(RolloutAction.PUBLISH)
        .setOutcome(GateOutcome.PASS)
        .setReason("test")
        .setEvidence(List.of())
        .setExamplesSeen(7)
        .setDecidedAt(THEN)
        .setBy("test")
        .build();
  }

  private static Lineage lineage() {
    return Lineage.newBuilder()
        .setRanges(List.of())
        .setExampleCount(0)
        .setSeed(1)
        .setSettings(List.of())
        .setRuntime(List.of())
        .setFreeze("head")
        .setFreezeReason("new")
        .build();
  }
}
