package io.headwater.model.log;

import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.PublishedManifest;
import io.headwater.schemas.StageRecord;
import java.time.Instant;

/**
 * A version as a stage record names it.
 *
 * @param record the stage record that put it in force
 * @param published its manifest's bytes and blob hints, as they would be copied onto the next stage
 */
public record PublishedVersion(
    StageRecord record, PublishedManifest published, ModelPackage model, Instant effectiveFrom) {
  static PublishedVersion of(StageEntry entry, BlobLog blobs) {
    return new PublishedVersion(
        entry.record(),
        entry.published(),
        new ModelPackage(
            entry.manifest(), blobs.of(entry.manifest(), entry.published().getHints())),
        entry.effectiveFrom());
  }

  public String version() {
    return model.version();
  }
}
