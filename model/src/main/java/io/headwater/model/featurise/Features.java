package io.headwater.model.featurise;

/**
 * One event's inputs before padding, laid out as an {@link InputLayout} says.
 *
 * @param texts token ids of each text, at most its maximum
 * @param numbers the float inputs' values, one input after the other
 * @param indices the integer inputs' values, one input after the other
 */
public record Features(long[][] texts, float[] numbers, long[] indices) {
  private static final float[] NO_NUMBERS = {};
  private static final long[] NO_INDICES = {};

  /** One text alone. */
  public Features(long[] tokens) {
    this(new long[][] {tokens}, NO_NUMBERS, NO_INDICES);
  }

  /** Bytes that the values take in memory, about. */
  public long bytes() {
    return (long) Long.BYTES * (length() + indices.length) + (long) Float.BYTES * numbers.length;
  }

  /**
   * Cost of the event in its batch: batches are sorted by it and padded to their longest; tokens,
   * and 0 where the model reads no text, so that all events cost the same.
   */
  public int length() {
    int length = 0;
    for (long[] tokens : texts) {
      length += tokens.length;
    }
    return length;
  }
}
