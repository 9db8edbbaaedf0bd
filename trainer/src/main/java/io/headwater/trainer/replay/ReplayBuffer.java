package io.headwater.trainer.replay;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What is kept of the training log: the newest examples in full, and of the older ones a sample
 * that is balanced over the classes.
 *
 * <p>The sample of a class are its examples with the lowest hash of (seed, event id): bottom-k
 * sampling (Cohen and Kaplan, Summarizing data using bottom-k sketches, 2007). What is selected
 * therefore depends on neither the order of arrival nor the partition. Where a label source is
 * capped, the next of other sources take the place of what it has too much of: the newest within
 * the window, those of the lowest hash within a class. Twice as much is held as is selected, so
 * that this stays true where corrections take examples away; only more corrections of held examples
 * than that could make the arrival order show. Memory is bounded by four times (window + balanced)
 * examples, twice without a cap, and the ids of as many corrected events.
 *
 * <p>Not safe for use by several threads.
 */
public final class ReplayBuffer {
  /** What is held, as a multiple of what is selected. */
  static final int SPARE = 2;

  private final long seed;
  private final Map<String, ReplayExample> held = new HashMap<>();
  private final CappedOrder<ReplayExample> recent;
  private final List<CappedOrder<Ranked>> older = new ArrayList<>();
  private final RevisionsSeen corrected;

  private record Ranked(long hash, ReplayExample example) {
    static final Comparator<Ranked> ORDER =
        Comparator.comparingLong(Ranked::hash).thenComparing(r -> r.example().eventId());
  }

  /** An empty buffer in which a source may fill everything. */
  public ReplayBuffer(int classes, int window, int balanced, long seed) {
    this(classes, new ReplayLimits(window, balanced, 1), seed);
  }

  /** An empty buffer. */
  public ReplayBuffer(int classes, ReplayLimits limits, long seed) {
    if (classes < 1) {
      throw new IllegalArgumentException(classes + " classes can't be replayed");
    }
    this.seed = seed;
    this.corrected = new RevisionsSeen(SPARE * (limits.window() + limits.balanced()));
    // Without a cap all are of one source.
    Function<ReplayExample, String> source =
        limits.sourceCap() == 1 ? example -> "" : ReplayExample::source;
    this.recent =
        new CappedOrder<>(
            ReplayExample.LABELLED_ORDER.reversed(),
            source,
            limits.window(),
            limits.capped(limits.window()));
    int perClass = limits.balanced() / classes;
    for (int i = 0; i < classes; i++) {
      older.add(
          new CappedOrder<>(
              Ranked.ORDER,
              ranked -> source.apply(ranked.example()),
              perClass,
              limits.capped(perClass)));
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
    recent.add(example).forEach(this::retire);
  }

  /** Examples held, which are more than are selected. */
  public int size() {
    return held.size();
  }

  /** What a training sees, in the order in which the labels were known. */
  public List<ReplayExample> select() {
    List<ReplayExample> selected = new ArrayList<>(recent.first());
    Set<ReplayExample> newest = Collections.newSetFromMap(new IdentityHashMap<>());
    newest.addAll(selected);
    List<List<Ranked>> rest = new ArrayList<>();
    older.forEach(ranked -> rest.add(new ArrayList<>()));
    for (ReplayExample example : recent.held()) {
      if (!newest.contains(example)) {
        rest.get(example.classIndex()).add(ranked(example));
      }
    }
    for (int i = 0; i < rest.size(); i++) {
      older.get(i).firstWith(rest.get(i)).stream().map(Ranked::example).forEach(selected::add);
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
    for (Ranked dropped : older.get(example.classIndex()).add(ranked(example))) {
      held.remove(dropped.example().eventId());
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
