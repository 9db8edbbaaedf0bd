package io.headwater.model.featurise;

/**
 * One event's inputs before padding.
 *
 * @param tokens token ids, at most the feature's maximum
 */
public record Features(long[] tokens) {
  /** Cost of the event in its batch: batches are sorted by it and padded to their longest. */
  public int length() {
    return tokens.length;
  }
}
