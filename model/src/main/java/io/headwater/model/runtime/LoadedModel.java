package io.headwater.model.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.Manifest;
import java.util.List;

/**
 * A version ready to score: its featuriser, its frozen prefix (shared with other loaded versions
 * that have the same segments) and its head.
 *
 * <p>Safe for use by several threads; must not be closed while one runs, which {@link LiveModel}
 * ensures.
 */
public final class LoadedModel implements AutoCloseable {
  private LoadedModel() {}

  /** Fetches the blobs, builds the sessions and runs one warm-up event. */
  public static LoadedModel load(ModelPackage version) {
    throw new UnsupportedOperationException("not written");
  }

  public String version() {
    throw new UnsupportedOperationException("not written");
  }

  public Manifest manifest() {
    throw new UnsupportedOperationException("not written");
  }

  /** Digest that names the frozen prefix: equal prefixes give equal activations. */
  public String prefixDigest() {
    throw new UnsupportedOperationException("not written");
  }

  public Features featurise(JsonNode event) throws FeatureException {
    throw new UnsupportedOperationException("not written");
  }

  /**
   * Scores one batch, padded to its longest; the caller sorts and sizes it.
   *
   * @return one answer per event, in order
   * @throws InferenceException when the run fails or answers with a non-finite value
   */
  public List<Scored> score(List<Features> batch) {
    throw new UnsupportedOperationException("not written");
  }

  /** The label that the manifest's thresholds decide for. */
  public String decide(float[] probabilities) {
    throw new UnsupportedOperationException("not written");
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException("not written");
  }
}
