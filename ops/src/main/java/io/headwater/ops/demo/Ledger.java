package io.headwater.ops.demo;

import io.headwater.ops.data.LabelledItem;
import io.headwater.schemas.Example;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Score;
import io.headwater.schemas.StageRecord;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a run so far: what went in, and what its watcher read from the topics.
 *
 * <p>Safe for use by several threads; whoever waits for a state is woken by each change. Times are
 * {@link System#nanoTime()}.
 */
final class Ledger {
  private static final int UNKNOWN = -1;

  /** Answers for activations, in the order in which they are given. */
  interface FrozenAnswers {
    /** The index of the class decided for, per activation. */
    int[] decide(List<float[]> activations);
  }

  private final List<LabelledItem> stream;
  private final List<String> labels;
  private final Map<String, Integer> indexes = new HashMap<>();
  private final ExactlyOnceCount count;
  private final VersionLog versions = new VersionLog();
  private final long[] producedAt;
  private final long[] scoredAt;
  private final int[] live;
  private final int[] frozen;
  private final float[][] activations;
  private int produced;
  private int released;
  private int joined;
  private int liveRight;
  private int frozenRight;
  private @Nullable String lastVersion;
  private @Nullable Exception failure;
  private long movedAt = System.nanoTime();

  /**
   * A ledger before the first event.
   *
   * @param labels class names, in the order of the head's outputs
   */
  Ledger(List<LabelledItem> stream, List<String> labels) {
    this.stream = stream;
    this.labels = labels;
    this.count = new ExactlyOnceCount(stream.stream().map(LabelledItem::id).toList());
    for (int i = 0; i < stream.size(); i++) {
      indexes.put(stream.get(i).id(), i);
    }
    producedAt = new long[stream.size()];
    scoredAt = new long[stream.size()];
    live = filled(stream.size());
    frozen = filled(stream.size());
    activations = new float[stream.size()][];
  }

  private static int[] filled(int size) {
    int[] classes = new int[size];
    Arrays.fill(classes, UNKNOWN);
    return classes;
  }

  synchronized void produced(int index, long nanos) {
    producedAt[index] = nanos;
    produced = index + 1;
    moved();
  }

  synchronized void released(int labelsSoFar) {
    released = labelsSoFar;
    moved();
  }

  /**
   * A committed score was read.
   *
   * @param key the event's
   * @param nanos when it was read
   * @return whether it is its version's first
   */
  synchronized boolean scored(String key, Score score, long nanos) {
    moved();
    Integer index = indexes.get(key);
    if (count.scored(key) && index != null) {
      scoredAt[index] = nanos;
      live[index] = labels.indexOf(score.getDecision());
    }
    lastVersion = score.getVersion();
    return versions.scored(score.getVersion(), score.getScoredAt());
  }

  synchronized void deadLettered(String key) {
    count.deadLettered(key);
    moved();
  }

  /** Committed examples were read; {@code first} answers on their activations. */
  synchronized void joined(List<Example> examples, FrozenAnswers first) {
    List<Integer> fresh = new ArrayList<>();
    List<float[]> taps = new ArrayList<>();
    for (Example example : examples) {
      Integer index = indexes.get(example.getEventId());
      if (index != null && activations[index] == null && example.getActivation() != null) {
        activations[index] = floats(example.getActivation().getValues());
        fresh.add(index);
        taps.add(activations[index]);
      }
    }
    int[] decided = first.decide(taps);
    for (int i = 0; i < decided.length; i++) {
      int index = fresh.get(i);
      frozen[index] = decided[i];
      joined++;
      liveRight += live[index] == truth(index) ? 1 : 0;
      frozenRight += frozen[index] == truth(index) ? 1 : 0;
    }
    moved();
  }

  synchronized void decided(RolloutDecision decision) {
    versions.decided(decision);
    moved();
  }

  synchronized void staged(StageRecord record) {
    versions.staged(record);
    moved();
  }

  /** Whoever waits is told that the run can't go on. */
  synchronized void failed(Exception cause) {
    failure = cause;
    moved();
  }

  private void moved() {
    movedAt = System.nanoTime();
    notifyAll();
  }

  /** Nanoseconds since anything changed. */
  synchronized long idleNanos() {
    return System.nanoTime() - movedAt;
  }

  synchronized @Nullable Exception failure() {
    return failure;
  }

  /**
   * Waits until a state is reached, at most the given time.
   *
   * @return whether it was
   */
  synchronized boolean await(Predicate<Progress> reached, long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    while (failure == null && !reached.test(progress())) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return failure == null;
  }

  /** The figures as they stand. */
  synchronized Progress progress() {
    return new Progress(
        stream.size(),
        produced,
        count.answered(),
        count.deadLettered(),
        released,
        joined,
        versions.examplesSeen(),
        versions.isSettled(),
        versions.production(),
        lastVersion,
        lastVersion == null ? 0 : versions.ordinal(lastVersion),
        joined == 0 ? Double.NaN : liveRight / (double) joined,
        joined == 0 ? Double.NaN : frozenRight / (double) joined);
  }

  /** A version's holdout accuracy; null where it is not known. */
  synchronized @Nullable Double holdout(String version) {
    return versions.holdout(version);
  }

  /** Everything, for the report. */
  synchronized Totals totals() {
    int[] truth = new int[stream.size()];
    for (int i = 0; i < truth.length; i++) {
      truth[i] = truth(i);
    }
    List<Long> waits = new ArrayList<>();
    long last = producedAt.length == 0 ? 0 : producedAt[0];
    for (int i = 0; i < scoredAt.length; i++) {
      if (live[i] != UNKNOWN) {
        waits.add(scoredAt[i] - producedAt[i]);
        last = Math.max(last, scoredAt[i]);
      }
    }
    return new Totals(
        new Report.Counts(
            stream.size(),
            count.scored(),
            count.deadLettered(),
            count.lost(),
            count.duplicated(),
            count.unknown(),
            joined),
        versions.versions(),
        versions.trainings(),
        versions.refusal(),
        truth,
        live.clone(),
        frozen.clone(),
        activations.clone(),
        waits.stream().mapToLong(Long::longValue).toArray(),
        producedAt.length == 0 ? 0 : last - producedAt[0]);
  }

  private int truth(int index) {
    return labels.indexOf(stream.get(index).label());
  }

  private static float[] floats(ByteBuffer bytes) {
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }
}
