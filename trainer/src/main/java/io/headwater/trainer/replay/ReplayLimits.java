package io.headwater.trainer.replay;

/**
 * How much a replay may hold.
 *
 * @param window newest examples that are selected
 * @param balanced older examples selected besides, an equal share of them for each class
 * @param sourceCap share of the window, and of each class's older examples, that the examples of
 *     one label source may fill, in (0, 1]
 */
public record ReplayLimits(int window, int balanced, double sourceCap) {
  /** An example without its activation: ids, numbers, and its places in the orders. */
  static final int EXAMPLE_BYTES = 500;

  public ReplayLimits {
    if (window < 0 || balanced < 0) {
      throw new IllegalArgumentException(
          "a window of %d and %d balanced can't be replayed".formatted(window, balanced));
    }
    if (!(sourceCap > 0 && sourceCap <= 1)) {
      throw new IllegalArgumentException("a source can't fill " + sourceCap + " of a replay");
    }
  }

  /** Of so many examples, those that one source may fill: all without a cap, else at least one. */
  int capped(int limit) {
    return sourceCap == 1 ? limit : Math.max(Math.min(1, limit), (int) (sourceCap * limit));
  }

  /**
   * The same, window and older examples cut alike where what is held takes more memory.
   *
   * @param width floats per logged activation
   */
  public ReplayLimits within(long bytes, int width) {
    int spare = ReplayBuffer.SPARE * (sourceCap == 1 ? 1 : ReplayBuffer.SPARE);
    long each = spare * (EXAMPLE_BYTES + 4L * width);
    long fit = Math.max(2, bytes / each);
    long wanted = (long) window + balanced;
    if (wanted <= fit) {
      return this;
    }
    int kept = (int) Math.max(Math.min(2, window), window * fit / wanted);
    return new ReplayLimits(kept, (int) Math.min(balanced, fit - kept), sourceCap);
  }
}
