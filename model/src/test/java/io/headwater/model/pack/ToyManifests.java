package io.headwater.model.pack;

import io.headwater.schemas.Feature;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Metric;
import io.headwater.schemas.OutputKind;
import io.headwater.schemas.Segment;
import io.headwater.schemas.Setting;
import io.headwater.schemas.TextFeature;
import io.headwater.schemas.Weight;
import java.util.List;

/** Small manifests whose blobs are a few bytes each and no graphs. */
final class ToyManifests {
  static final byte[] BACKBONE = {1};
  static final byte[] HEAD = {2};
  static final byte[] FROZEN_WEIGHT = TensorBytes.of(new float[] {1, 2, 3});
  static final byte[] HEAD_WEIGHT = TensorBytes.of(new float[] {4, 5});
  static final byte[] TOKENIZER = {3};

  private ToyManifests() {}

  static BlobMap blobs() {
    return BlobMap.of(BACKBONE, HEAD, FROZEN_WEIGHT, HEAD_WEIGHT, TOKENIZER);
  }

  static ModelPackage packaged() {
    return ModelPackage.seal(draft(), blobs());
  }

  static Manifest draft() {
    return Manifest.newBuilder()
        .setFormat(1)
        .setPipeline("reviews")
        .setModel("toy")
        .setSegments(
            List.of(
                segment("backbone", BACKBONE, "w", FROZEN_WEIGHT, false),
                segment("head", HEAD, "head.weight", HEAD_WEIGHT, true)))
        .setBlobs(List.of())
        .setFeatures(
            List.of(
                new Feature(
                    "text",
                    new TextFeature(
                        List.of("text"), Digest.of(TOKENIZER), 16, 0, 0, "ids", "mask", null))))
        .setLabels(List.of("bad", "good"))
        .setOutput(OutputKind.LOGITS)
        .setScored("logits")
        .setThresholds(List.of())
        .setTrained(false)
        .setBatchInvariant(true)
        .setLineage(lineage())
        .setMetrics(List.of(new Metric("z", 1.0), new Metric("a", 2.0)))
        .build();
  }

  static Lineage lineage() {
    return Lineage.newBuilder()
        .setRanges(List.of())
        .setExampleCount(0)
        .setSeed(7)
        .setSettings(List.of(new Setting("rate", "0.1"), new Setting("batch", "32")))
        .setRuntime(List.of())
        .setFreeze("head")
        .setFreezeReason("new")
        .build();
  }

  private static Segment segment(
      String name, byte[] graph, String weight, byte[] bytes, boolean trainable) {
    return Segment.newBuilder()
        .setName(name)
        .setGraph(Digest.of(graph))
        .setWeights(List.of(new Weight(weight, Digest.of(bytes))))
        .setInputs(List.of())
        .setOutputs(List.of())
        .setTrainable(trainable)
        .build();
  }
}
