package io.headwater.model.log;

import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.StageRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a stage record puts in force.
 *
 * @param live in the record's order; a canary's and a shadow's may be empty
 * @param delivery how it came; null where it stood there before anyone followed, or is not followed
 */
public record PublishedStage(
    StageRecord record, List<PublishedVersion> live, @Nullable Delivery delivery) {
  public PublishedStage {
    live = List.copyOf(live);
  }

  /** One that was not waited for. */
  public PublishedStage(StageRecord record, List<PublishedVersion> live) {
    this(record, live, null);
  }

  static PublishedStage of(StageEntry entry, BlobLog blobs) {
    return of(entry, blobs, null);
  }

  static PublishedStage of(StageEntry entry, BlobLog blobs, @Nullable Delivery delivery) {
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
            .toList(),
        delivery);
  }
}
