package io.headwater.model.log;

import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.StageRecord;
import java.util.List;

/**
 * All that a stage record puts in force.
 *
 * @param live in the record's order; a canary's and a shadow's may be empty
 */
public record PublishedStage(StageRecord record, List<PublishedVersion> live) {
  public PublishedStage {
    live = List.copyOf(live);
  }

  static PublishedStage of(StageEntry entry, BlobLog blobs) {
    return new PublishedStage(
        entry.record(),
        entry.live().stream()
            .map(
                each ->
                    new PublishedVersion(
                        entry.record(),
                        each.live(),
                        each.published(),
                        new ModelPackage(
                            each.manifest(),
                            blobs.of(each.manifest(), each.published().getHints()))))
            .toList());
  }
}
