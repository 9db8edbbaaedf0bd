package io.headwater.stream.score;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.runtime.Leases;
import io.headwater.model.runtime.SegmentTrie;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The versions in force in this process, on lease. */
public record LeasedScoring(Leases<LiveSet>.Lease lease) implements Scoring {
  /** A lease on the versions in force, or empty before the first. */
  public static Optional<Scoring> of(Leases<LiveSet> live) {
    return live.acquire().map(LeasedScoring::new);
  }

  @Override
  public List<Member> members() {
    return lease.get().members();
  }

  @Override
  public int reading(String version) {
    return trie().reading(version);
  }

  @Override
  public Features featurise(int reading, JsonNode event) throws FeatureException {
    return trie().featurise(reading, event);
  }

  @Override
  public SegmentTrie.Run score(int reading, Collection<String> versions, List<Features> batch) {
    return trie().score(reading, versions, batch);
  }

  @Override
  public String prefixDigest(String version) {
    return trie().prefixDigest(version);
  }

  @Override
  public String decide(String version, float[] probabilities) {
    return trie().decide(version, probabilities);
  }

  @Override
  public void close() {
    lease.close();
  }

  private SegmentTrie trie() {
    return lease.get().trie();
  }
}
