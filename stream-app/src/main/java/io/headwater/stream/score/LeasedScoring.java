package io.headwater.stream.score;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.runtime.LiveModel;
import io.headwater.model.runtime.Scored;
import java.util.List;
import java.util.Optional;

/** The version in force in this process, on lease. */
public record LeasedScoring(LiveModel.Lease lease) implements Scoring {
  /** A lease on the version in force, or empty before the first. */
  public static Optional<Scoring> of(LiveModel live) {
    return live.acquire().map(LeasedScoring::new);
  }

  @Override
  public String version() {
    return lease.model().version();
  }

  @Override
  public String prefixDigest() {
    return lease.model().prefixDigest();
  }

  @Override
  public Features featurise(JsonNode event) throws FeatureException {
    return lease.model().featurise(event);
  }

  @Override
  public List<Scored> score(List<Features> batch) {
    return lease.model().score(batch);
  }

  @Override
  public String decide(float[] probabilities) {
    return lease.model().decide(probabilities);
  }

  @Override
  public void close() {
    lease.close();
  }
}
