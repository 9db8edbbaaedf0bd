package io.headwater.stream.join;

import io.headwater.schemas.Example;

/** What the join sends on. */
public sealed interface JoinOutcome {
  /** An event, its score and its label, for the training log. */
  record Joined(Example example) implements JoinOutcome {}

  /** A label's original bytes as a dead letter; its headers say why. */
  record Dead(byte[] value) implements JoinOutcome {}
}
