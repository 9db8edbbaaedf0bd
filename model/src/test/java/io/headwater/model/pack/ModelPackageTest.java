package io.headwater.model.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Metric;
import io.headwater.schemas.Setting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ModelPackageTest {
  private final ModelPackage parent = ToyManifests.packaged();

  @Test
  void seal_draft_listsBlobsAndSortsItsLists() {
    Manifest manifest = parent.manifest();

    assertThat(manifest.getBlobs()).extracting(BlobRef::getDigest).isSorted().hasSize(5);
    assertThat(manifest.getMetrics()).extracting(Metric::getName).containsExactly("a", "z");
    assertThat(manifest.getLineage().getSettings())
        .extracting(Setting::getName)
        .containsExactly("batch", "rate");
    assertThat(Manifests.read(Manifests.canonicalBytes(manifest))).isEqualTo(manifest);
  }

  @Test
  void seal_blobNotPackaged_refuses() {
    assertThatThrownBy(() -> ModelPackage.seal(ToyManifests.draft(), BlobMap.of(new byte[] {9})))
        .isInstanceOf(MissingBlobException.class);
  }

  @Test
  void withHeadWeights_newValues_changesOnlyTheTrainableWeights() {
    byte[] examples = {7, 7};

    ModelPackage child = child(parent, examples, 6, 7);

    Manifest manifest = child.manifest();
    assertThat(manifest.getSegments().get(0)).isEqualTo(parent.manifest().getSegments().get(0));
    assertThat(manifest.getSegments().get(1).getGraph())
        .isEqualTo(parent.manifest().getSegments().get(1).getGraph());
    String weight = manifest.getSegments().get(1).getWeights().get(0).getDigest();
    assertThat(TensorBytes.floats(child.blobs().get(weight))).containsExactly(6, 7);
    assertThat(manifest.getTrained()).isTrue();
    assertThat(manifest.getLineage().getParent()).isEqualTo(parent.version());
    assertThat(child.blobs().get(manifest.getLineage().getExamples())).isEqualTo(examples);
    assertThat(child.blobs().get(Digest.of(ToyManifests.BACKBONE)))
        .isEqualTo(ToyManifests.BACKBONE);
    assertThat(Segments.prefixDigest(manifest)).isEqualTo(Segments.prefixDigest(parent.manifest()));
    assertThat(Manifests.read(Manifests.canonicalBytes(manifest))).isEqualTo(manifest);
  }

  @Test
  void withHeadWeights_parent_staysAsItWas() {
    String before = parent.version();

    child(parent, null, 6, 7);

    assertThat(parent.version()).isEqualTo(before);
  }

  @Test
  void withHeadWeights_manyGenerations_holdNoBlobOfForgottenOnes() {
    ModelPackage version = parent;
    for (int i = 0; i < 50; i++) {
      version = child(version, new byte[] {(byte) i}, i, i + 1);
    }

    assertThat(((BlobMap) version.blobs()).digests())
        .containsExactlyInAnyOrderElementsOf(Segments.references(version.manifest()));
  }

  @Test
  void withHeadWeights_parentInTheLog_holdsOnlyTheNewBlobsItself() {
    BlobMap inMemory = ToyManifests.blobs();
    List<String> asked = new ArrayList<>();
    Blobs log =
        digest -> {
          asked.add(digest);
          return inMemory.get(digest);
        };

    ModelPackage child = child(new ModelPackage(parent.manifest(), log), null, 6, 7);

    assertThat(((BlobMap) child.blobs()).digests()).hasSize(1);
    assertThat(asked).isEmpty();
    child.manifest().getBlobs().forEach(blob -> child.blobs().get(blob.getDigest()));
    assertThat(asked).hasSize(4);
  }

  @Test
  void withHeadWeights_unknownName_refuses() {
    assertThatThrownBy(() -> child(parent, Map.of("w", new float[3])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[w]");
  }

  @Test
  void withHeadWeights_otherSize_refuses() {
    assertThatThrownBy(() -> child(parent, Map.of("head.weight", new float[3])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("head.weight");
  }

  @Test
  void get_bitFlipped_refuses() {
    String digest = Digest.of(ToyManifests.FROZEN_WEIGHT);
    byte[] flipped = ToyManifests.FROZEN_WEIGHT.clone();
    flipped[0] ^= 1;

    assertThatThrownBy(() -> BlobMap.claimed(Map.of(digest, flipped)).get(digest))
        .isInstanceOf(MissingBlobException.class)
        .hasMessageContaining(digest);
  }

  @Test
  void get_absent_refuses() {
    assertThatThrownBy(() -> BlobMap.of().get("0".repeat(64)))
        .isInstanceOf(MissingBlobException.class);
  }

  private static ModelPackage child(ModelPackage of, byte @Nullable [] examples, float... values) {
    return of.withHeadWeights(
        Map.of("head.weight", values),
        ToyManifests.lineage(),
        examples,
        List.of(new Metric("accuracy", 0.9)));
  }

  private static ModelPackage child(ModelPackage of, Map<String, float[]> weights) {
    return of.withHeadWeights(new HashMap<>(weights), ToyManifests.lineage(), null, List.of());
  }
}
