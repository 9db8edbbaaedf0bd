package io.headwater.model.pack;

import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Metric;
import io.headwater.schemas.OutputKind;
import io.headwater.schemas.Setting;
import io.headwater.schemas.Threshold;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** What must hold in a manifest whoever wrote it; each refusal names the field. */
final class ManifestChecks {
  private static final long MAX_BLOB_BYTES = 2L << 30;

  private ManifestChecks() {}

  static void check(Manifest manifest) {
    require(
        manifest.getFormat() == Manifests.FORMAT,
        "format " + manifest.getFormat() + " is unknown; this release reads " + Manifests.FORMAT);
    ascending("blobs", manifest.getBlobs(), BlobRef::getDigest);
    Set<String> listed = new HashSet<>();
    for (BlobRef blob : manifest.getBlobs()) {
      require(Digest.isOne(blob.getDigest()), "blobs holds a name that is not a SHA-256");
      require(
          blob.getBytes() >= 0 && blob.getBytes() <= MAX_BLOB_BYTES,
          "blob " + Digest.brief(blob.getDigest()) + " claims " + blob.getBytes() + " bytes");
      listed.add(blob.getDigest());
    }
    for (String digest : Segments.references(manifest)) {
      require(listed.contains(digest), "blobs lacks " + Digest.brief(digest) + ", which is used");
    }
    unique("labels", manifest.getLabels());
    boolean values = manifest.getOutput() == OutputKind.VALUES;
    if (values) {
      unique("thresholds", manifest.getThresholds().stream().map(Threshold::getLabel).toList());
    }
    for (Threshold threshold : manifest.getThresholds()) {
      if (values) {
        require(
            Double.isFinite(threshold.getProbability()),
            "thresholds holds a level that is not finite");
        continue;
      }
      require(
          manifest.getLabels().contains(threshold.getLabel()),
          "thresholds names a label that labels lacks");
      require(
          threshold.getProbability() >= 0 && threshold.getProbability() <= 1,
          "thresholds holds a probability outside [0, 1]");
    }
    ascending("lineage.settings", manifest.getLineage().getSettings(), Setting::getName);
    ascending("lineage.runtime", manifest.getLineage().getRuntime(), Setting::getName);
    ascending("metrics", manifest.getMetrics(), Metric::getName);
  }

  private static <T> void ascending(String field, List<T> items, Function<T, String> key) {
    for (int i = 1; i < items.size(); i++) {
      require(
          key.apply(items.get(i - 1)).compareTo(key.apply(items.get(i))) < 0,
          field + " is not in strictly ascending order");
    }
  }

  private static void unique(String field, List<String> items) {
    require(new HashSet<>(items).size() == items.size(), field + " holds one name twice");
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException("manifest: " + problem);
    }
  }
}
