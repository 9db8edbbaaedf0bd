package io.headwater.stream.window;

import io.headwater.stream.held.HeldEvent;
import org.jspecify.annotations.Nullable;

/** What a record of the events topic goes on as where the pipeline declares windows. */
sealed interface WindowOutcome {
  /** An event on its way to the windows of its key. */
  record ToWindows(byte[] entity, HeldEvent event) implements WindowOutcome {}

  /** The enriched event, for the topic that is scored. */
  record Enriched(byte[] value) implements WindowOutcome {}

  /** A dead letter with the event's bytes; its headers say why. */
  record Dead(byte @Nullable [] value) implements WindowOutcome {}
}
