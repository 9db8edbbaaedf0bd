package io.headwater.model.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.featurise.InputLayout;
import io.headwater.schemas.Feature;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The versions that are in force together, as a trie of their segments: what several have in common
 * from the input on runs once per batch for all of them.
 *
 * <p>Versions share as far as they read events alike (equal features) and their segments are equal
 * by digest. Sessions that another trie has open are taken over, so that a change of the set costs
 * only what is new. Safe for use by several threads; must not be closed while one runs, which
 * {@link Leases} ensures.
 */
public final class SegmentTrie implements AutoCloseable {
  private static final int WARM_UP_TOKENS = 8;

  /**
   * What a batch was answered.
   *
   * @param answers by version
   * @param sessionRuns how many runs of a session it took
   */
  public record Run(Map<String, Answer> answers, int sessionRuns) {}

  private record Alike(List<Feature> features, InputLayout layout) {}

  /** Versions that read events alike; the first one's featuriser serves all. */
  private record Reading(LoadedModel first, Set<String> versions, List<TrieNode> roots) {
    InputLayout layout() {
      return first.featuriser().layout();
    }
  }

  private final Map<String, LoadedModel> versions;
  private final List<Reading> readings;
  private final List<SegmentSession> sessions;
  private final AtomicBoolean closed = new AtomicBoolean();

  private SegmentTrie(
      Map<String, LoadedModel> versions, List<Reading> readings, List<SegmentSession> sessions) {
    this.versions = versions;
    this.readings = readings;
    this.sessions = sessions;
  }

  /**
   * Opens the sessions of a set of versions, or none, and runs them once where one is new. The trie
   * holds the versions until it is closed; whoever loaded them may close them at any time.
   *
   * @throws IllegalArgumentException where the set is empty, holds a version twice, or ONNX Runtime
   *     refuses a session
   * @throws IllegalStateException where a version is closed
   * @throws io.headwater.model.pack.MissingBlobException where a blob of a session that is not open
   *     can't be had
   */
  public static SegmentTrie open(List<LoadedModel> set) {
    Map<String, LoadedModel> versions = new LinkedHashMap<>();
    for (LoadedModel version : set) {
      if (versions.put(version.version(), version) != null) {
        throw new IllegalArgumentException("version " + version.version() + " is there twice");
      }
    }
    if (versions.isEmpty()) {
      throw new IllegalArgumentException("a trie needs at least one version");
    }
    List<LoadedModel> held = new ArrayList<>();
    List<SegmentSession> sessions = new ArrayList<>();
    try {
      for (LoadedModel version : set) {
        version.hold();
        held.add(version);
      }
      SegmentTrie trie = new SegmentTrie(versions, readings(set, sessions), sessions);
      if (!sessions.stream().allMatch(SegmentSession::hasRun)) {
        trie.warm();
      }
      set.forEach(LoadedModel::leaveToTrie);
      return trie;
    } catch (RuntimeException | Error e) {
      sessions.forEach(SegmentSession::close);
      held.forEach(LoadedModel::release);
      throw e;
    }
  }

  private static List<Reading> readings(List<LoadedModel> set, List<SegmentSession> sessions) {
    Map<Alike, List<LoadedModel>> alike = new LinkedHashMap<>();
    for (LoadedModel version : set) {
      Alike key = new Alike(version.manifest().getFeatures(), version.featuriser().layout());
      alike.computeIfAbsent(key, unused -> new ArrayList<>()).add(version);
    }
    List<Reading> readings = new ArrayList<>();
    for (List<LoadedModel> together : alike.values()) {
      Branch root = Branch.root();
      Set<String> names = new HashSet<>();
      for (LoadedModel version : together) {
        root.add(version);
        names.add(version.version());
      }
      readings.add(new Reading(together.get(0), names, root.open(sessions)));
    }
    return List.copyOf(readings);
  }

  /** How many ways there are in which versions of the set read events. */
  public int readings() {
    return readings.size();
  }

  /**
   * Which way a version reads events, from 0; versions of the same one share features.
   *
   * @throws IllegalArgumentException for a version that is not of the set
   */
  public int reading(String version) {
    for (int i = 0; i < readings.size(); i++) {
      if (readings.get(i).versions().contains(version)) {
        return i;
      }
    }
    throw new IllegalArgumentException("version " + version + " is not of the set");
  }

  /** An event as the versions of one reading take it. */
  public Features featurise(int reading, JsonNode event) throws FeatureException {
    return readings.get(reading).first().featuriser().featurise(event);
  }

  /**
   * Runs some versions of one reading on a batch, padded to its longest; the caller sorts and sizes
   * it. What they share runs once. A version that fails has that as its answer, and the others are
   * not touched where they don't share what failed.
   *
   * @return an answer for each of the versions
   * @throws IllegalArgumentException where a version is not of the reading
   */
  public Run score(int reading, Collection<String> wanted, List<Features> batch) {
    requireOpen();
    Reading read = readings.get(reading);
    Set<String> named = Set.copyOf(wanted);
    if (!read.versions().containsAll(named)) {
      throw new IllegalArgumentException("not all of the versions read events alike: " + named);
    }
    Map<String, Answer> answers = new HashMap<>();
    int runs = 0;
    for (int from = 0; from < batch.size(); ) {
      int to = InputBatch.end(read.layout(), batch, from);
      TrieNode.Pass pass = pass(read, named, batch.subList(from, to));
      pass.answers.forEach(
          (version, answer) -> answers.merge(version, answer, SegmentTrie::joined));
      runs += pass.runs;
      from = to;
    }
    return new Run(answers, runs);
  }

  private static TrieNode.Pass pass(Reading reading, Set<String> wanted, List<Features> batch) {
    TrieNode.Pass pass = new TrieNode.Pass(wanted, batch.size());
    try (InputBatch inputs = InputBatch.of(reading.layout(), batch)) {
      reading.roots().forEach(root -> root.run(inputs.tensors(), pass));
    } catch (InferenceException e) {
      wanted.forEach(version -> pass.answers.putIfAbsent(version, new Answer.Failed(e)));
    }
    return pass;
  }

  private static Answer joined(Answer first, Answer second) {
    if (first instanceof Answer.Given before && second instanceof Answer.Given after) {
      List<Scored> scored = new ArrayList<>(before.scored());
      scored.addAll(after.scored());
      return new Answer.Given(scored);
    }
    return first instanceof Answer.Failed ? first : second;
  }

  /** Digest that names a version's frozen prefix: equal prefixes give equal activations. */
  public String prefixDigest(String version) {
    return model(version).prefixDigest();
  }

  /** The label that a version's thresholds decide for; empty where it has no labels. */
  public String decide(String version, float[] probabilities) {
    return model(version).decide(probabilities);
  }

  /** Ends what no one else shares; closing twice counts once. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      sessions.forEach(SegmentSession::close);
      versions.values().forEach(LoadedModel::release);
    }
  }

  /** The first run of a session is slow; what it answers was judged when the version was loaded. */
  private void warm() {
    for (int i = 0; i < readings.size(); i++) {
      Reading reading = readings.get(i);
      Run unused = score(i, reading.versions(), List.of(reading.layout().zeros(WARM_UP_TOKENS)));
    }
  }

  private LoadedModel model(String version) {
    LoadedModel model = versions.get(version);
    if (model == null) {
      throw new IllegalArgumentException("version " + version + " is not of the set");
    }
    return model;
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException("the trie is closed");
    }
  }
}
