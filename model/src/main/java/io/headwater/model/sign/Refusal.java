package io.headwater.model.sign;

import java.util.Locale;

/** Why a stage record is not followed: one of a fixed few, fit for a metric's tag. */
public enum Refusal {
  /** Too large, or not a stage record. */
  UNREADABLE,
  /** It, or the manifest in it, has no signature. */
  UNSIGNED,
  UNKNOWN_KEY,
  /** The signature is not that key's on these bytes: something was edited, or it is not Ed25519. */
  BAD_SIGNATURE,
  WRONG_PIPELINE,
  WRONG_STAGE,
  /** The key is trusted, but not for this pipeline or stage. */
  KEY_NOT_ALLOWED,
  /** The key was retired before, or is held to be compromised. */
  KEY_RETIRED,
  /** Not above the epoch before: an old record, written again. */
  OLD_EPOCH,
  /** So far above the epoch before that the numbers would run out. */
  EPOCH_JUMP,
  /** What it says contradicts itself. */
  CONTRADICTION;

  /** As in metrics and logs: {@code unknown-key}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
