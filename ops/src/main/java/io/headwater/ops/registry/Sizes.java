package io.headwater.ops.registry;

import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Segment;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Bytes of a version's blobs; a blob that is used twice counts once. */
record Sizes(Map<String, Long> byDigest) {
  static Sizes of(Manifest... manifests) {
    Map<String, Long> sizes = new HashMap<>();
    for (Manifest manifest : manifests) {
      for (BlobRef blob : manifest.getBlobs()) {
        sizes.put(blob.getDigest(), blob.getBytes());
      }
    }
    return new Sizes(Map.copyOf(sizes));
  }

  long total() {
    return byDigest.values().stream().mapToLong(Long::longValue).sum();
  }

  long of(Collection<String> digests) {
    return new HashSet<>(digests)
        .stream().mapToLong(digest -> byDigest.getOrDefault(digest, 0L)).sum();
  }

  long of(Segment segment) {
    return of(digests(segment));
  }

  static Set<String> digests(Segment segment) {
    Set<String> digests = new HashSet<>();
    digests.add(segment.getGraph());
    segment.getWeights().forEach(weight -> digests.add(weight.getDigest()));
    return digests;
  }

  /** As people read it: {@code 22.9 MB}, in powers of ten. */
  static String shown(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    return bytes < 1_000_000
        ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }
}
