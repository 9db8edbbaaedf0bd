package io.headwater.model.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.model.onnx.ToyEncoder;
import io.headwater.model.pack.Blobs;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.MissingBlobException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VersionGuardTest {
  private final ModelPackage toy = ToyEncoder.packaged(0);
  private final ModelGuard guard = new ModelGuard(ModelLimits.DEFAULT);
  private final List<String> fetched = new ArrayList<>();

  @Test
  void check_soundVersion_answersItsBlobsAndFetchesEachOnce() {
    Blobs blobs = guard.check(recording(toy));
    int before = fetched.size();
    Segment backbone = toy.manifest().getSegments().get(0);

    assertThat(Digest.of(blobs.get(backbone.getGraph()))).isEqualTo(backbone.getGraph());
    assertThat(fetched).hasSize(before).doesNotHaveDuplicates();
  }

  @Test
  void check_childOfAJudgedVersion_fetchesWhatIsNewAlone() {
    guard.check(toy);

    guard.check(recording(child(1)));

    assertThat(fetched)
        .doesNotContain(toy.manifest().getSegments().get(0).getGraph())
        .contains(toy.manifest().getSegments().get(1).getGraph());
  }

  @Test
  void check_graphOfOneSegmentIsHostile_noWeightIsFetched() {
    Segment head = toy.manifest().getSegments().get(1);
    ModelPackage hostile =
        new ModelPackage(
            toy.manifest(),
            digest -> {
              fetched.add(digest);
              return digest.equals(head.getGraph()) ? Hostile.bomb() : toy.blobs().get(digest);
            });

    refused(hostile, RefusalReason.BOMB, "segment 'head'");
    assertThat(fetched)
        .containsExactly(toy.manifest().getSegments().get(0).getGraph(), head.getGraph());
  }

  @Test
  void check_weightThatIsNotFinite_isRefused() {
    refused(child(Float.NaN), RefusalReason.NOT_FINITE, "weight 'head.output.bias'");
    refused(child(Float.NEGATIVE_INFINITY), RefusalReason.NOT_FINITE, "infinite at element 0");
  }

  @Test
  void check_headForAnotherBackbone_isRefused() {
    Manifest manifest = copy();
    manifest.getSegments().get(1).getInputs().get(0).setDims(List.of(-1L, 8L));

    refused(manifest, RefusalReason.INTERFACE, "segment 'head' reads 'pooled' as float [-1, 8]");
  }

  @Test
  void check_headOfAnotherType_isRefused() {
    Manifest manifest = copy();
    manifest.getSegments().get(1).getInputs().get(0).setType("double");

    refused(manifest, RefusalReason.INTERFACE, "as double");
  }

  @Test
  void check_manifestThatSaysOtherThanTheGraph_isRefused() {
    Manifest manifest = copy();
    manifest.getSegments().get(1).getOutputs().get(0).setDims(List.of(-1L, 3L));

    refused(manifest, RefusalReason.INTERFACE, "other inputs or outputs");
  }

  @Test
  void check_inputThatNothingFeeds_isRefused() {
    Manifest manifest = copy();
    manifest.getSegments().get(0).getInputs().get(0).setName("pixels");

    refused(manifest, RefusalReason.INTERFACE, "'pixels', which no feature feeds");
  }

  @Test
  void check_scoredOutputThatIsNotThere_isRefused() {
    Manifest manifest = copy();
    manifest.setScored("other");

    refused(manifest, RefusalReason.INTERFACE, "no segment gives 'other'");
  }

  @Test
  void check_blobOfAnotherSizeThanItsTensor_isRefusedUnfetched() {
    Manifest manifest = copy();
    String weight = manifest.getSegments().get(0).getWeights().get(0).getDigest();
    for (BlobRef blob : manifest.getBlobs()) {
      if (blob.getDigest().equals(weight)) {
        blob.setBytes(1L << 30);
      }
    }

    refused(
        recording(new ModelPackage(manifest, toy.blobs())),
        RefusalReason.TENSOR_SIZE,
        "blob of 1073741824 bytes");
    assertThat(fetched).doesNotContain(weight);
  }

  @Test
  void check_absentBlob_saysSo() {
    ModelPackage lacking =
        new ModelPackage(
            toy.manifest(),
            digest -> {
              throw new MissingBlobException(digest);
            });

    assertThatThrownBy(() -> guard.check(lacking)).isInstanceOf(MissingBlobException.class);
  }

  private void refused(Manifest manifest, RefusalReason reason, String message) {
    refused(new ModelPackage(manifest, toy.blobs()), reason, message);
  }

  private void refused(ModelPackage version, RefusalReason reason, String message) {
    assertThatThrownBy(() -> guard.check(version))
        .isInstanceOfSatisfying(
            ModelRefusedException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }

  private Manifest copy() {
    return Manifest.newBuilder(toy.manifest()).build();
  }

  private ModelPackage child(float bias) {
    return toy.withHeadWeights(
        Map.of("head.output.bias", new float[] {bias, 0}),
        toy.manifest().getLineage(),
        null,
        List.of());
  }

  private ModelPackage recording(ModelPackage version) {
    return new ModelPackage(
        version.manifest(),
        digest -> {
          fetched.add(digest);
          return version.blobs().get(digest);
        });
  }
}
