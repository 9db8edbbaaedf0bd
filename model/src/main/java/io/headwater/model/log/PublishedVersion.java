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
  public String version() {
    return model.version();
  }
}
