package io.headwater.stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.featurise.FieldPath;
import io.headwater.model.runtime.InferenceException;
import io.headwater.model.runtime.Scored;
import io.headwater.stream.score.Scoring;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A version that scores a text by its length: one token per character, "good" from ten on.
 *
 * <p>A text {@code poison} fails its batch, {@code nan} fails the featuriser.
 */
public final class FakeScoring {
  /** Sizes of the batches that were run. */
  public final List<Integer> batches = new ArrayList<>();

  public String version = "v1";
  public int leases;
  public int open;
  public Runnable whenScoring = () -> {};

  /** A lease that keeps the version of the moment. */
  public Optional<Scoring> lease() {
    leases++;
    open++;
    return Optional.of(new Leased(version));
  }

  private static boolean poisoned(Features features) {
    return Arrays.equals(features.texts()[0], tokens("poison"));
  }

  private static long[] tokens(String text) {
    return text.chars().asLongStream().toArray();
  }

  private static Scored answer(Features features) {
    float good = Math.min(1f, features.length() / 20f);
    return new Scored(new float[] {1 - good, good}, new float[] {features.length(), 2});
  }

  private final class Leased implements Scoring {
    private final String leased;

    Leased(String leased) {
      this.leased = leased;
    }

    @Override
    public String version() {
      return leased;
    }

    @Override
    public String prefixDigest() {
      return "prefix";
    }

    @Override
    public Features featurise(JsonNode event) throws FeatureException {
      JsonNode text = event.get("text");
      if (text == null) {
        throw FeatureException.missing(FieldPath.of("text"));
      }
      if (text.asText().equals("nan")) {
        throw new FeatureException("the field text has no words");
      }
      return new Features(tokens(text.asText()));
    }

    @Override
    public List<Scored> score(List<Features> batch) {
      batches.add(batch.size());
      whenScoring.run();
      if (batch.stream().anyMatch(FakeScoring::poisoned)) {
        throw new InferenceException("the answer is not finite");
      }
      return batch.stream().map(FakeScoring::answer).toList();
    }

    @Override
    public String decide(float[] probabilities) {
      return probabilities[1] >= 0.5f ? "good" : "bad";
    }

    @Override
    public void close() {
      open--;
    }
  }
}
