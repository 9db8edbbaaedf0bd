package io.headwater.trainer.replay;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * What is kept of the training log: the newest examples in full, and of the older ones a sample
 * that is balanced over the classes.
 *
 * <p>The sample of a class are its examples with the lowest hash of (seed, event id): bottom-k
 * sampling (Cohen and Kaplan, Summarizing data using bottom-k sketches, 2007). What is selected
 * therefore depends on neither the order of arrival nor the partition. Twice as much is held as is
 * selected, so that this stays true where corrections take examples away; only more corrections of
 * held examples than that could make the arrival order show. Memory is bounded by twice (window +
 * balanced) examples and the ids of as many corrected events.
 *
 * <p>Not safe for use by several threads.
 */
public final class ReplayBuffer {
  private static final int SPARE = 2;

  private final int window;
  private final int perClass;
  private final long seed;
  private final Map<String, ReplayExample> held = new HashMap<>();
  private final NavigableSet<ReplayExample> recent = new TreeSet<>(ReplayExample.LABELLED_ORDER);
  private final List<NavigableSet<Ranked>> older = new ArrayList<>();
  private final RevisionsSeen corrected;

  private record Ranked(long hash, ReplayExample example) {
    static final Comparator<Ranked> ORDER =
        Comparator.comparingLong(Ranked::hash).thenComparing(r -> r.example().eventId());
  }

  /**
   * An empty buffer.
   *
   * @param window newest examples that are always selected
   * @param balanced older examples selected besides, an equal share of them for each class
   */
  public ReplayBuffer(int classes, int window, int balanced, long seed) {
    if (classes < 1 || window < 0 || balanced < 0) {
      throw new IllegalArgumentException(
          "%d classes, a window of %d and %d balanced can't be replayed"
              .formatted(classes, window, balanced));
    }
    this.window = window;
    this.perClass = balanced / classes;
    this.seed = seed;
    this.corrected = new RevisionsSeen(SPARE * (window + balanced));
    for (int i = 0; i < classes; i++) {
      older.add(new TreeSet<>(Ranked.ORDER));
    }
  }

  /** Takes an example in; one that a known correction of the same event supersedes is left out. */
  public void add(ReplayExample example) {
    ReplayExample known = held.get(example.eventId());
    if (known != null && !example.supersedes(known)) {
      return;
    }
    if (!corrected.admits(example.eventId(), example.revision())) {
      return;
    }
    if (known != null) {
      remove(known);
    }
    held.put(example.eventId(), example);
    recent.add(example);
    while (recent.size() > SPARE * window) {
      retire(recent.first());
    }
  }

  /** Examples held, which are more than are selected. */
  public int size() {
    return held.size();
  }

  /** What a training sees, in the order in which the labels were known. */
  public List<ReplayExample> select() {
    List<ReplayExample> newest = new ArrayList<>();
    List<NavigableSet<Ranked>> rest = new ArrayList<>();
    older.forEach(ranked -> rest.add(new TreeSet<>(ranked)));
    for (ReplayExample example : recent.descendingSet()) {
      if (newest.size() < window) {
        newest.add(example);
      } else {
        rest.get(example.classIndex()).add(ranked(example));
      }
    }
    List<ReplayExample> selected = new ArrayList<>(newest);
    for (NavigableSet<Ranked> ranked : rest) {
      ranked.stream().limit(perClass).map(Ranked::example).forEach(selected::add);
    }
    selected.sort(ReplayExample.LABELLED_ORDER);
    return selected;
  }

  private void remove(ReplayExample example) {
    held.remove(example.eventId());
    recent.remove(example);
    older.get(example.classIndex()).remove(ranked(example));
  }

  private void retire(ReplayExample example) {
    recent.remove(example);
    NavigableSet<Ranked> ranked = older.get(example.classIndex());
    ranked.add(ranked(example));
    if (ranked.size() > SPARE * perClass) {
      held.remove(ranked.pollLast().example().eventId());
    }
  }

  private Ranked ranked(ReplayExample example) {
    return new Ranked(hash(seed, example.eventId()), example);
  }

  /** FNV-1a over the id's UTF-8, started from the seed, with MurmurHash3's finaliser behind it. */
  static long hash(long seed, String eventId) {
    long hash = 0xcbf29ce484222325L ^ mix(seed);
    for (byte b : eventId.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return mix(hash);
  }

  private static long mix(long bits) {
    long mixed = bits;
    mixed = (mixed ^ (mixed >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }
}
