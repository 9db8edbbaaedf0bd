package io.headwater.trainer.trigger;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A window over numbers in [0, 1] that forgets what came before their mean changed: ADWIN2 of Bifet
 * and Gavalda, Learning from Time-Changing Data with Adaptive Windowing, 2007.
 *
 * <p>The window is a histogram of buckets whose sizes double, at most five of each size, so that n
 * numbers take some 5 log2(n) buckets. After each number every split between two buckets is tried;
 * while the means of the two sides differ by more than chance allows, the older side of the split
 * where they do so most clearly is dropped. The paper drops bucket by bucket, after which one
 * change may be found again and again.
 *
 * <p>Not safe for use by several threads.
 */
final class Adwin {
  /** M of the paper. */
  private static final int PER_SIZE = 5;

  /** Numbers that lay side by side. */
  private record Bucket(long count, double sum, double squares, long since) {
    Bucket with(Bucket newer) {
      return new Bucket(count + newer.count, sum + newer.sum, squares + newer.squares, since);
    }
  }

  /**
   * A split whose sides differ.
   *
   * @param before mean of the older side
   * @param after mean of the newer
   * @param olderCount numbers in the older
   * @param newerCount numbers in the newer
   * @param since when the newer began, in the caller's time
   * @param bound what the means could differ by through chance
   */
  record Change(
      double before, double after, long olderCount, long newerCount, long since, double bound) {}

  private final double delta;

  /** Oldest first; sizes never grow towards the end. */
  private final List<Bucket> buckets = new ArrayList<>();

  private Bucket all = new Bucket(0, 0, 0, 0);

  /**
   * An empty window.
   *
   * @param delta chance that a step drops anything although the mean has not changed, in (0, 1)
   */
  Adwin(double delta) {
    if (!(delta > 0 && delta < 1)) {
      throw new IllegalArgumentException("a chance of " + delta + " is none of (0, 1)");
    }
    this.delta = delta;
  }

  /**
   * Takes a number in.
   *
   * @param value in [0, 1]
   * @param at its time, in the caller's unit; only reported
   * @return the clearest change, where one was found
   */
  Optional<Change> add(double value, long at) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(value + " does not lie in [0, 1]");
    }
    buckets.add(new Bucket(1, value, value * value, at));
    compress();
    total();
    Optional<Change> found = clearest();
    Optional<Change> next = found;
    while (next.isPresent()) {
      long kept = next.get().newerCount();
      while (all.count() > kept) {
        buckets.remove(0);
        total();
      }
      next = clearest();
    }
    return found;
  }

  void clear() {
    buckets.clear();
    total();
  }

  long count() {
    return all.count();
  }

  /** Of the numbers held; NaN where there is none. */
  double mean() {
    return all.sum() / all.count();
  }

  private void compress() {
    int end = buckets.size();
    while (end > 0) {
      long size = buckets.get(end - 1).count();
      int begin = end;
      while (begin > 0 && buckets.get(begin - 1).count() == size) {
        begin--;
      }
      if (end - begin <= PER_SIZE) {
        return;
      }
      buckets.set(begin, buckets.get(begin).with(buckets.remove(begin + 1)));
      end = begin + 1;
    }
  }

  private void total() {
    Bucket sum = new Bucket(0, 0, 0, 0);
    for (Bucket bucket : buckets) {
      sum = sum.with(bucket);
    }
    all = sum;
  }

  /** The split whose difference lies furthest above its bound. */
  private Optional<Change> clearest() {
    if (all.count() < 2) {
      return Optional.empty();
    }
    double mean = mean();
    double variance = Math.max(0, all.squares() / all.count() - mean * mean);
    double log = Math.log(2 * Math.log((double) all.count()) / delta);
    Change clearest = null;
    double margin = 0;
    Bucket older = new Bucket(0, 0, 0, 0);
    for (int split = 1; split < buckets.size(); split++) {
      older = older.with(buckets.get(split - 1));
      long newer = all.count() - older.count();
      double before = older.sum() / older.count();
      double after = (all.sum() - older.sum()) / newer;
      double inverse = 1.0 / older.count() + 1.0 / newer;
      double bound = Math.sqrt(2 * inverse * variance * log) + 2.0 / 3 * inverse * log;
      if (Math.abs(before - after) - bound > margin) {
        margin = Math.abs(before - after) - bound;
        clearest =
            new Change(before, after, older.count(), newer, buckets.get(split).since(), bound);
      }
    }
    return Optional.ofNullable(clearest);
  }
}
