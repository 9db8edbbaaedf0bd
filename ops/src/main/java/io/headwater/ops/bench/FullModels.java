package io.headwater.ops.bench;

import io.headwater.model.pack.Digest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Weight;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Models that share nothing with one another, and answer all but the same. */
final class FullModels {
  private FullModels() {}

  /**
   * A version with a backbone of its own: the lowest bits of one weight of the first segment are
   * others, so that none of its segments' sessions can be shared.
   *
   * @param number from 1; another for each
   */
  static ModelPackage of(ModelPackage version, int number) {
    Manifest manifest = Manifest.newBuilder(version.manifest()).setGoldens(null).build();
    Map<String, Long> sizes = new HashMap<>();
    manifest.getBlobs().forEach(blob -> sizes.put(blob.getDigest(), blob.getBytes()));
    Weight largest =
        manifest.getSegments().get(0).getWeights().stream()
            .max(Comparator.comparing(weight -> sizes.getOrDefault(weight.getDigest(), 0L)))
            .orElseThrow();
    byte[] bytes = version.blobs().get(largest.getDigest()).clone();
    bytes[0] ^= (byte) number;
    String digest = Digest.of(bytes);
    largest.setDigest(digest);
    sizes.put(digest, (long) bytes.length);
    List<BlobRef> blobs =
        Segments.references(manifest).stream()
            .map(each -> new BlobRef(each, sizes.get(each)))
            .toList();
    manifest.setBlobs(blobs);
    return new ModelPackage(
        manifest, wanted -> wanted.equals(digest) ? bytes : version.blobs().get(wanted));
  }
}
