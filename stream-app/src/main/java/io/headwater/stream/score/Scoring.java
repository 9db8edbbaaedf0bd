package io.headwater.stream.score;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.runtime.SegmentTrie;
import java.util.Collection;
import java.util.List;

/** The live versions on lease, as a chunk sees them: they stay open until the lease is closed. */
public interface Scoring extends AutoCloseable {
  /** Every version and its place; one of production at least. */
  List<Member> members();

  /** Which way a version reads events, from 0; versions of the same one share features. */
  int reading(String version);

  /** An event as the versions of one reading take it. */
  Features featurise(int reading, JsonNode event) throws FeatureException;

  /**
   * Scores one batch, sorted by length, with some versions of one reading.
   *
   * @return an answer for each of them
   */
  SegmentTrie.Run score(int reading, Collection<String> versions, List<Features> batch);

  /** Digest of the frozen prefix that computes a version's activations. */
  String prefixDigest(String version);

  /** The label that a version decides for. */
  String decide(String version, float[] probabilities);

  @Override
  void close();
}
