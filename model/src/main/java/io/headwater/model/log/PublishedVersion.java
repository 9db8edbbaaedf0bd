package io.headwater.model.log;

import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.LiveVersion;
import io.headwater.schemas.PublishedManifest;
import io.headwater.schemas.StageRecord;
import java.time.Instant;

/**
 * A version as a stage record names it.
 *
 * @param record the stage record that put it in force
 * @param live its share of the keys, and from when it holds
 * @param published its manifest's bytes and blob hints, as they would be copied onto the next stage
 */
public record PublishedVersion(
    StageRecord record, LiveVersion live, PublishedManifest published, ModelPackage model) {

  public String version() {
    return model.version();
  }

  public Instant effectiveFrom() {
    return live.getEffectiveFrom();
  }
}
