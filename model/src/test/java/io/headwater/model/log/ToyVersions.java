package io.headwater.model.log;

import io.headwater.model.pack.BlobMap;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.Manifests;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.sign.Purpose;
import io.headwater.model.sign.Signer;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.LiveVersion;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.OutputKind;
import io.headwater.schemas.PublishedManifest;
import io.headwater.schemas.Segment;
import io.headwater.schemas.Stage;
import io.headwater.schemas.StageRecord;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;

/** A version of one blob and no model, and the stage records that name it. */
final class ToyVersions {
  static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");
  private static final byte[] GRAPH = {1, 2, 3};

  private ToyVersions() {}

  static ModelPackage version(String pipeline) {
    return ModelPackage.seal(
        Manifest.newBuilder()
            .setFormat(1)
            .setPipeline(pipeline)
            .setModel("toy")
            .setSegments(
                List.of(
                    new Segment("head", Digest.of(GRAPH), List.of(), List.of(), List.of(), true)))
            .setBlobs(List.of())
            .setFeatures(List.of())
            .setLabels(List.of("ham", "spam"))
            .setOutput(OutputKind.LOGITS)
            .setScored("logits")
            .setThresholds(List.of())
            .setTrained(true)
            .setBatchInvariant(true)
            .setLineage(
                Lineage.newBuilder()
                    .setRanges(List.of())
                    .setExampleCount(0)
                    .setSeed(1)
                    .setSettings(List.of())
                    .setRuntime(List.of())
                    .setFreeze("head")
                    .setFreezeReason("new")
                    .build())
            .setMetrics(List.of())
            .build(),
        BlobMap.of(GRAPH));
  }

  /** A sound record of production, before it is signed. */
  static StageRecord.Builder record(ModelPackage version, long epoch, Signer maker) {
    byte[] manifest = Manifests.canonicalBytes(version.manifest());
    return StageRecord.newBuilder()
        .setPipeline("reviews")
        .setStage(Stage.PRODUCTION)
        .setEpoch(epoch)
        .setLive(List.of(new LiveVersion(version.version(), 1.0, "", THEN)))
        .setManifests(
            List.of(
                new PublishedManifest(
                    ByteBuffer.wrap(manifest),
                    maker.key().id(),
                    ByteBuffer.wrap(maker.sign(Purpose.MANIFEST, manifest)),
                    THEN,
                    List.of())))
        .setWrittenAt(THEN)
        .setReason("test");
  }

  static StageRecord signed(StageRecord.Builder record, Signer signer) {
    return StageSignature.sign(record.build(), signer);
  }
}
