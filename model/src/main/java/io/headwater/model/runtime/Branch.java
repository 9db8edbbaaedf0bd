package io.headwater.model.runtime;

import io.headwater.model.pack.Blobs;
import io.headwater.model.pack.Segments;
import io.headwater.schemas.Segment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A trie of versions under construction, a segment a node; the root stands before the first.
 *
 * <p>Sessions begin where versions part, and where one of them goes from frozen to trainable: that
 * is where later versions will part, so the sessions before can stay as they are.
 */
final class Branch {
  private final Map<String, Branch> next = new LinkedHashMap<>();
  private final Map<String, LoadedModel> ends = new LinkedHashMap<>();
  private final Set<String> through = new HashSet<>();
  private final List<Segment> segment;
  private final Blobs blobs;
  private boolean cutBehind;

  private Branch(List<Segment> segment, Blobs blobs) {
    this.segment = segment;
    this.blobs = blobs;
  }

  static Branch root() {
    return new Branch(
        List.of(),
        digest -> {
          throw new IllegalStateException("the root holds no segment");
        });
  }

  void add(LoadedModel version) {
    int frozen = Segments.frozen(version.manifest()).size();
    Branch at = this;
    int depth = 0;
    for (Segment each : version.manifest().getSegments()) {
      List<Segment> one = List.of(each);
      at =
          at.next.computeIfAbsent(
              Segments.digest(one) + each.getInputs() + each.getOutputs(),
              digest -> new Branch(one, version.blobs()));
      at.through.add(version.version());
      depth++;
      at.cutBehind |= depth == frozen;
    }
    at.ends.put(version.version(), version);
  }

  /**
   * Opens the sessions behind the root; equal ones that are open are shared.
   *
   * @param opened gets each session as it opens, for whoever must close them after a failure
   */
  List<TrieNode> open(List<SegmentSession> opened) {
    List<TrieNode> nodes = new ArrayList<>();
    for (Branch first : next.values()) {
      List<Segment> run = new ArrayList<>(first.segment);
      Branch last = first;
      while (last.next.size() == 1 && last.ends.isEmpty() && !last.cutBehind) {
        last = last.next.values().iterator().next();
        run.addAll(last.segment);
      }
      SegmentSession session = SegmentSession.open(run, outputs(run, last), first.blobs);
      opened.add(session);
      Map<String, Tap> taps = new HashMap<>();
      last.ends.forEach((version, model) -> taps.put(version, model.tap()));
      nodes.add(new TrieNode(session, Set.copyOf(first.through), taps, last.open(opened)));
    }
    return nodes;
  }

  /** What of a run's values is read behind it, scored, or an activation. */
  private static Set<String> outputs(List<Segment> run, Branch last) {
    Set<String> read = new HashSet<>();
    last.reads(read);
    Set<String> made = new TreeSet<>();
    run.forEach(each -> each.getOutputs().forEach(output -> made.add(output.getName())));
    made.retainAll(read);
    return made;
  }

  private void reads(Set<String> names) {
    for (LoadedModel version : ends.values()) {
      Tap tap = version.tap();
      names.add(tap.output());
      if (tap.activation() != null) {
        names.add(tap.activation().getName());
      }
      if (tap.embedding() != null) {
        names.add(tap.embedding().getName());
      }
    }
    for (Branch behind : next.values()) {
      behind.segment.get(0).getInputs().forEach(input -> names.add(input.getName()));
      behind.reads(names);
    }
  }
}
