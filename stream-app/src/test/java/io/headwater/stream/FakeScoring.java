package io.headwater.stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.featurise.FieldPath;
import io.headwater.model.runtime.Answer;
import io.headwater.model.runtime.InferenceException;
import io.headwater.model.runtime.Scored;
import io.headwater.model.runtime.SegmentTrie;
import io.headwater.schemas.Stage;
import io.headwater.stream.score.Member;
import io.headwater.stream.score.Scoring;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Versions that score a text by its length: one token per character, "good" from ten on.
 *
 * <p>A text {@code poison} fails its batch, {@code nan} fails the featuriser. The champion is
 * {@code v1} until another is set; whoever is added beside it answers as it does, unless it is set
 * to fail.
 */
public final class FakeScoring {
  /** Sizes of the batches that were run. */
  public final List<Integer> batches = new ArrayList<>();

  /** What each run was to answer. */
  public final List<Set<String>> asked = new ArrayList<>();

  /** Canaries and shadows. */
  public final List<Member> challengers = new ArrayList<>();

  /** Versions that fail every batch. */
  public final Set<String> failing = new HashSet<>();

  /** Versions that answer nothing finite. */
  public final Set<String> notFinite = new HashSet<>();

  /** Versions that read events in a way of their own, which fails for the text {@code odd}. */
  public final Set<String> readingApart = new HashSet<>();

  /** What versions with another backbone than most have behind the length in their activations. */
  public final Map<String, Float> backbones = new HashMap<>();

  /** Whether versions answer a text's length, and not probabilities. */
  public boolean numbers;

  public String version = "v1";
  public int leases;
  public int open;
  public Runnable whenScoring = () -> {};

  /** A lease that keeps the versions of the moment. */
  public Optional<Scoring> lease() {
    leases++;
    open++;
    List<Member> members = new ArrayList<>(List.of(member(Stage.PRODUCTION, version)));
    members.addAll(challengers);
    return Optional.of(new Leased(members));
  }

  /** A member that is effective at all times, and of a canary's share the half. */
  public static Member member(Stage stage, String version) {
    return new Member(stage, version, stage == Stage.CANARY ? 0.5 : 1, "salt", Instant.EPOCH);
  }

  private static boolean poisoned(Features features) {
    return Arrays.equals(features.texts()[0], tokens("poison"));
  }

  private static long[] tokens(String text) {
    return text.chars().asLongStream().toArray();
  }

  private Scored answer(String by, Features features) {
    float own = backbones.getOrDefault(by, 2f);
    if (numbers) {
      return new Scored(new float[] {features.length()}, new float[] {features.length(), own});
    }
    float good = Math.min(1f, features.length() / 20f);
    return new Scored(new float[] {1 - good, good}, new float[] {features.length(), own});
  }

  private final class Leased implements Scoring {
    private final List<Member> members;

    Leased(List<Member> members) {
      this.members = members;
    }

    @Override
    public List<Member> members() {
      return members;
    }

    @Override
    public int reading(String asked) {
      return readingApart.contains(asked) ? 1 : 0;
    }

    @Override
    public String prefixDigest(String asked) {
      return "prefix";
    }

    @Override
    public Features featurise(int reading, JsonNode event) throws FeatureException {
      JsonNode text = event.get("text");
      if (text == null) {
        throw FeatureException.missing(FieldPath.of("text"));
      }
      if (text.asText().equals("nan")) {
        throw new FeatureException("the field text has no words");
      }
      if (reading == 1 && text.asText().equals("odd")) {
        throw new IllegalStateException("odd");
      }
      return new Features(tokens(text.asText()));
    }

    @Override
    public SegmentTrie.Run score(int reading, Collection<String> wanted, List<Features> batch) {
      batches.add(batch.size());
      asked.add(Set.copyOf(wanted));
      whenScoring.run();
      Map<String, Answer> answers = new HashMap<>();
      for (String one : wanted) {
        answers.put(one, answer(one, batch));
      }
      return new SegmentTrie.Run(answers, 1 + wanted.size());
    }

    private Answer answer(String by, List<Features> batch) {
      if (failing.contains(by) || batch.stream().anyMatch(FakeScoring::poisoned)) {
        return new Answer.Failed(new InferenceException("the run failed"));
      }
      List<Scored> scored = new ArrayList<>();
      for (Features features : batch) {
        scored.add(notFinite.contains(by) ? null : FakeScoring.this.answer(by, features));
      }
      return new Answer.Given(scored);
    }

    @Override
    public String decide(String by, float[] probabilities) {
      if (numbers) {
        return probabilities[0] >= 10 ? "long" : "";
      }
      return probabilities[1] >= 0.5f ? "good" : "bad";
    }

    @Override
    public void close() {
      open--;
    }
  }
}
