package io.headwater.model.guard;

import java.util.Locale;

/** Why a model is refused; few, so that they can be counted by name. */
public enum RefusalReason {
  /** Its bytes are no ONNX model. */
  NOT_A_MODEL,
  /** It nests deeper than the limit. */
  TOO_DEEP,
  /** It has more nodes, tensors, parts or longer names than the limits. */
  TOO_LARGE,
  /** It is of a format version or operator set outside the limits. */
  VERSION,
  /** A tensor is kept in another file. */
  EXTERNAL_DATA,
  /** A tensor is sparse. */
  SPARSE,
  /** An operator is off the list. */
  OPERATOR,
  /** A node runs a subgraph. */
  CONTROL_FLOW,
  /** A name is missing or given twice. */
  NAME,
  /** A tensor's bytes are not what its dims and type ask for, or too many. */
  TENSOR_SIZE,
  /** A node would make a value out of all proportion to the file. */
  BOMB,
  /** A weight is infinite or not a number. */
  NOT_FINITE,
  /** Segments, features and manifest don't fit together. */
  INTERFACE,
  /** It gave other answers than its goldens say. */
  GOLDENS,
  /** A run took longer than the limit. */
  TOO_SLOW;

  /** As meters and logs show it. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
