package io.headwater.model.log;

import io.headwater.model.sign.Trust;
import io.headwater.schemas.BlobHint;
import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.PipelineTopics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The blobs of a version that the log holds already. */
final class KnownBlobs {
  private KnownBlobs() {}

  /** Hints by digest, of those that a stage's last record names, where they can still be. */
  static Map<String, BlobHint> of(
      Manifest manifest, LogReader log, PipelineTopics topics, Trust trust) {
    Map<String, BlobRef> wanted = new HashMap<>();
    manifest.getBlobs().forEach(blob -> wanted.put(blob.getDigest(), blob));
    List<LogReader.Extent> extents =
        log.partitions(topics.blobs()).stream().map(log::extent).toList();
    Map<String, BlobHint> known = new HashMap<>();
    for (Stage stage : Stage.values()) {
      StageTail.read(log, topics, stage, trust).last().stream()
          .flatMap(entry -> entry.live().stream())
          .flatMap(live -> live.published().getHints().stream())
          .filter(hint -> isUsable(wanted.get(hint.getDigest()), hint, extents))
          .forEach(hint -> known.put(hint.getDigest(), hint));
    }
    return known;
  }

  private static boolean isUsable(
      @Nullable BlobRef blob, BlobHint hint, List<LogReader.Extent> extents) {
    if (blob == null
        || !HintedRuns.isPlausible(blob, hint)
        || hint.getPartition() >= extents.size()) {
      return false;
    }
    LogReader.Extent extent = extents.get(hint.getPartition());
    return hint.getOffsets().stream()
        .allMatch(offset -> offset >= extent.begin() && offset < extent.end());
  }
}
