package io.headwater.stream.score;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.runtime.Scored;
import java.util.List;

/** A version on lease, as a chunk sees it: it stays open until the lease is closed. */
public interface Scoring extends AutoCloseable {
  String version();

  /** Digest of the frozen prefix that computes the activations. */
  String prefixDigest();

  Features featurise(JsonNode event) throws FeatureException;

  /**
   * Scores one batch, sorted by length.
   *
   * @return one answer per event, in order
   */
  List<Scored> score(List<Features> batch);

  /** The label that the version decides for. */
  String decide(float[] probabilities);

  @Override
  void close();
}
