package io.headwater.ops.bench.transfer;

import java.util.Locale;

/** How answers on the target's texts come about. */
enum Way {
  /** The source task's head as it is. */
  FROZEN,
  /**
   * That head trained on the target's labels by the trainer, or kept where it refuses to publish.
   */
  TRANSFERRED,
  /** A head of the same shape over the same backbone, from random weights on those labels alone. */
  SCRATCH,
  /** A logistic regression over the words of the labelled texts: no pre-trained model. */
  WORDS;

  String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
