package io.headwater.model.pipeline;

import static io.headwater.model.pipeline.Key.defaulted;
import static io.headwater.model.pipeline.Key.optional;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys that say what a score carries, and their reading. */
record ScoresSection(Reading reading) {
  private static final int MOST_FIELDS = 64;
  private static final int LONGEST_NAME = 100;

  static final Key<String> SCORE_OUTPUT =
      optional(
          "outputs.score",
          Kind.TEXT,
          "logits",
          "Which output of the model is scored, or read by a new head, when it is imported: any value"
              + " in its graph. Without it the model's first output.");
  static final Key<String> EMBEDDING_OUTPUT =
      optional(
          "outputs.embedding",
          Kind.TEXT,
          "sentence_embedding",
          "Which other output is the embedding when the model is imported. Without it the embedding"
              + " is what crosses from the frozen segments to the trainable ones.");
  static final Key<Map<String, String>> FIELDS =
      optional(
          "scores.fields",
          new Kind<>(
              "a list of dotted paths, or a mapping of names to them", ScoresSection::fields),
          "[amount, country]",
          "Fields of the event that its score and its example carry along, under their paths or under"
              + " names: numbers, texts and booleans as they are, anything else as its JSON text, null"
              + " for a field that the event does not have (counted).");
  static final Key<Integer> MAX_FIELD_BYTES =
      defaulted(
          "scores.maxFieldBytes",
          Kind.size(1, 1 << 18),
          "4KiB",
          "What the passed fields of one event may take in UTF-8; an event with more becomes a dead"
              + " letter (too-large), and nothing is cut.");
  static final Key<Boolean> EMBEDDING =
      defaulted(
          "scores.embedding",
          Kind.FLAG,
          "false",
          "Whether each score carries the embedding, as an array of floats.");
  static final Key<List<String>> SLICES =
      optional(
          "evaluation.slices",
          Kind.listOf(Kind.TEXT, 1),
          "[country]",
          "Passed fields by whose values a training's holdout is broken down in the version's"
              + " metrics and the decision's evidence.");
  static final Key<Integer> MOST_SLICES =
      defaulted(
          "evaluation.mostSlices",
          Kind.whole(1, 100),
          "10",
          "Values of each of those fields that have figures of their own, the most frequent ones; the"
              + " rest count together as (other).");

  static List<Key<?>> all() {
    return List.of(
        SCORE_OUTPUT, EMBEDDING_OUTPUT, FIELDS, MAX_FIELD_BYTES, EMBEDDING, SLICES, MOST_SLICES);
  }

  ScoreContents read() {
    Map<String, String> fields = reading.find(FIELDS).orElse(Map.of());
    List<String> slices = reading.find(SLICES).orElse(List.of());
    for (String slice : slices) {
      if (reading.sound(FIELDS) && !fields.containsKey(slice)) {
        reading.report(
            SLICES.path(),
            "'evaluation.slices' names '" + slice + "', which no score carries",
            NearMiss.of(slice, fields.keySet())
                .map(near -> "did you mean '" + near + "'?")
                .orElse("add it to 'scores.fields'"));
      }
    }
    Optional<String> score = reading.find(SCORE_OUTPUT);
    Optional<String> embedding = reading.find(EMBEDDING_OUTPUT);
    if (score.isPresent() && score.equals(embedding)) {
      reading.report(
          EMBEDDING_OUTPUT.path(),
          "'outputs.score' and 'outputs.embedding' name the same output",
          "write 'scores.embedding: true' alone where that output is the embedding as well");
    }
    return new ScoreContents(
        fields,
        reading.get(MAX_FIELD_BYTES),
        reading.get(EMBEDDING),
        score.orElse(null),
        embedding.orElse(null),
        slices,
        reading.get(MOST_SLICES));
  }

  private static Map<String, String> fields(Yaml value) throws BadValueException {
    Map<String, String> fields = new LinkedHashMap<>();
    if (value instanceof Yaml.Sequence sequence) {
      for (Yaml item : sequence.items()) {
        String path = Kind.path().read(item);
        if (fields.put(path, path) != null) {
          throw new BadValueException(item.line(), "holds '" + path + "' twice");
        }
      }
    } else if (value instanceof Yaml.Mapping mapping) {
      for (Map.Entry<String, Yaml.Entry> entry : mapping.entries().entrySet()) {
        if (entry.getKey().isBlank() || entry.getKey().length() > LONGEST_NAME) {
          throw new BadValueException(
              entry.getValue().keyLine(),
              "holds a name that is blank or longer than " + LONGEST_NAME + " characters");
        }
        fields.put(entry.getKey(), Kind.path().read(entry.getValue().value()));
      }
    } else {
      throw new BadValueException(value.line(), "is " + value.shape());
    }
    if (fields.isEmpty() || fields.size() > MOST_FIELDS) {
      throw new BadValueException(
          value.line(), "has " + fields.size() + " fields, not 1 to " + MOST_FIELDS);
    }
    return fields;
  }
}
