package io.headwater.stream.ingest;

import io.headwater.stream.held.HeldLabel;
import org.jspecify.annotations.Nullable;

/** What a record of the labels topic goes on as. */
public sealed interface LabelOutcome {
  /** A label on its way to its event's score. */
  record ToJoin(String eventId, HeldLabel label) implements LabelOutcome {}

  /** A dead letter with the original bytes; its headers say why. */
  record Dead(byte @Nullable [] value) implements LabelOutcome {}
}
