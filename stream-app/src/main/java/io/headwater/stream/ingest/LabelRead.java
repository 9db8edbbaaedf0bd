package io.headwater.stream.ingest;

import io.headwater.schemas.Label;

/** What reading a label's record came to. */
public sealed interface LabelRead permits LabelRead.Taken, Rejection {
  /**
   * A label let in.
   *
   * @param labeledAt when the truth was known, in epoch milliseconds, within the pipeline's bounds
   */
  record Taken(Label label, long labeledAt) implements LabelRead {}
}
