package io.headwater.model.pipeline;

import io.headwater.schemas.serde.WireFormat;
import io.headwater.schemas.topics.PipelineTopics;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads a pipeline file and reports everything wrong with it at once. */
public final class PipelineFile {
  private static final int MAX_BYTES = 1 << 20;

  private final Reading reading;
  private final VocabularyFiles vocabularies;

  private PipelineFile(Reading reading, VocabularyFiles vocabularies) {
    this.reading = reading;
    this.vocabularies = vocabularies;
  }

  /**
   * Reads and checks a pipeline file.
   *
   * @throws PipelineFileException naming every problem as {@code file:line: what; mend}
   */
  public static Pipeline read(Path file) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      throw unreadable(file + ": there is no such file; give the path of a pipeline file");
    } catch (IOException e) {
      throw unreadable(file + ": can't be read (" + e.getMessage() + "); give a readable file");
    }
    if (bytes.length > MAX_BYTES) {
      throw unreadable(file + ": is larger than 1 MiB; give a pipeline file");
    }
    try {
      return parse(
          file.toString(),
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString(),
          new VocabularyFiles(file.toAbsolutePath().getParent()));
    } catch (CharacterCodingException e) {
      throw unreadable(file + ": is not UTF-8 text; save it as UTF-8");
    }
  }

  /** The same, from text; {@code name} stands for the file in messages. */
  public static Pipeline parse(String name, String yaml) {
    return parse(name, yaml, new VocabularyFiles(null));
  }

  private static Pipeline parse(String name, String yaml, VocabularyFiles vocabularies) {
    if (yaml.length() > MAX_BYTES) {
      throw unreadable(name + ": is larger than 1 MiB; give a pipeline file");
    }
    Problems problems = new Problems(name);
    Yaml document = YamlReader.read(yaml, problems);
    if (document instanceof Yaml.Nothing && !problems.isEmpty()) {
      throw problems.exception();
    }
    Yaml.Mapping root = new Yaml.Mapping(1, Map.of());
    if (document instanceof Yaml.Mapping mapping) {
      root = mapping;
    } else if (!(document instanceof Yaml.Nothing)) {
      problems.add(document.line(), "the file is not a mapping", "write 'pipeline: reviews' first");
    }
    PipelineFile file =
        new PipelineFile(new Reading(root, PipelineKeys.ALL, problems), vocabularies);
    Optional<Pipeline> pipeline = file.pipeline();
    if (!problems.isEmpty() || pipeline.isEmpty()) {
      throw problems.exception();
    }
    return pipeline.get();
  }

  private static PipelineFileException unreadable(String problem) {
    return new PipelineFileException(List.of(problem));
  }

  /** Empty only where the name is no pipeline's name. */
  private Optional<Pipeline> pipeline() {
    Optional<PipelineTopics> topics = topics();
    Pipeline.Wire wire = wire();
    Pipeline.Event event =
        new Pipeline.Event(
            reading.get(PipelineKeys.EVENT_ID),
            reading.get(PipelineKeys.EVENT_TIME),
            reading.get(PipelineKeys.EVENT_MAX_AGE),
            reading.get(PipelineKeys.EVENT_MAX_SKEW),
            reading.get(PipelineKeys.EVENT_OUT_OF_BOUNDS),
            reading.get(PipelineKeys.EVENT_MAX_BYTES));
    Pipeline.Model model =
        new Pipeline.Model(
            reading.find(PipelineKeys.MODEL_PRETRAINED).orElse(null),
            reading.get(PipelineKeys.MODEL_HIDDEN));
    List<FeatureSpec> features = FeatureSection.all(reading, vocabularies);
    List<String> labels = labels();
    Map<String, Double> thresholds = thresholds(labels);
    ScoreContents scores = new ScoresSection(reading).read();
    Regression regression = new RegressionSection(reading).read(labels);
    Pipeline.Feedback feedback = new FeedbackSection(reading).read(labels);
    Windows windows = new WindowsSection(reading).read(feedback);
    Pipeline.Training training = training(features, labels);
    Pipeline.Rollout rollout =
        new Pipeline.Rollout(reading.get(PipelineKeys.GATES), reading.get(PipelineKeys.TOLERANCE));
    return topics.map(
        named ->
            new Pipeline(
                named,
                wire,
                event,
                model,
                features,
                labels,
                thresholds,
                feedback,
                training,
                rollout,
                windows,
                scores,
                regression));
  }

  private Optional<PipelineTopics> topics() {
    String name = reading.get(PipelineKeys.PIPELINE);
    try {
      return Optional.of(new PipelineTopics(name));
    } catch (IllegalArgumentException e) {
      reading.report(
          PipelineKeys.PIPELINE.path(),
          "'pipeline': " + e.getMessage(),
          "write a name such as " + PipelineKeys.PIPELINE.sample());
      return Optional.empty();
    }
  }

  private Pipeline.Wire wire() {
    WireFormat format = reading.get(PipelineKeys.FORMAT);
    var registry = reading.find(PipelineKeys.REGISTRY);
    if (reading.sound(PipelineKeys.FORMAT) && reading.sound(PipelineKeys.REGISTRY)) {
      if (format == WireFormat.AVRO && registry.isEmpty()) {
        reading.report(
            PipelineKeys.FORMAT.path(),
            "format avro needs a schema registry",
            "write 'registry: " + PipelineKeys.REGISTRY.sample() + "'");
      } else if (format == WireFormat.JSON && registry.isPresent()) {
        reading.report(
            PipelineKeys.REGISTRY.path(),
            "a registry is given, and format json uses none",
            "write 'format: avro' or remove 'registry'");
      }
    }
    return new Pipeline.Wire(
        format,
        registry.orElse(null),
        reading.get(PipelineKeys.PARTITIONS),
        reading.get(PipelineKeys.REPLICATION));
  }

  private List<String> labels() {
    List<String> labels = reading.get(PipelineKeys.LABELS);
    Set<String> seen = new HashSet<>();
    for (String label : labels) {
      if (!seen.add(label)) {
        reading.report(
            PipelineKeys.LABELS.path(),
            "'labels' holds '" + label + "' twice",
            "write each label once");
      }
    }
    return labels;
  }

  private Map<String, Double> thresholds(List<String> labels) {
    Map<String, Double> thresholds = new LinkedHashMap<>();
    for (String label : reading.names("decision", "thresholds")) {
      reading
          .find(PipelineKeys.THRESHOLD, label)
          .ifPresent(probability -> thresholds.put(label, probability));
      if (named(labels) && !labels.contains(label)) {
        reading.report(
            PipelineKeys.THRESHOLD.path(label),
            "there is a threshold for '" + label + "', which is no label",
            NearMiss.of(label, labels)
                .map(near -> "did you mean '" + near + "'?")
                .orElse("write one of " + String.join(", ", labels)));
      }
    }
    return thresholds;
  }

  /** Whether labels are classes, and known. */
  private boolean named(List<String> labels) {
    return reading.sound(PipelineKeys.LABELS) && !labels.isEmpty();
  }

  private Pipeline.Training training(List<FeatureSpec> features, List<String> labels) {
    Pipeline.Training training =
        new Pipeline.Training(
            reading.get(PipelineKeys.TRIGGER),
            reading.get(PipelineKeys.WINDOW),
            reading.get(PipelineKeys.BALANCED),
            reading.get(PipelineKeys.HOLDOUT),
            reading.get(PipelineKeys.EPOCHS),
            reading.get(PipelineKeys.BATCH),
            reading.get(PipelineKeys.LEARNING_RATE),
            reading.get(PipelineKeys.WEIGHT_DECAY),
            reading.get(PipelineKeys.SEED),
            reading.get(PipelineKeys.CALIBRATION),
            new TriggersSection(reading).read(features),
            new TuningSection(reading).read(labels),
            new MemorySection(reading, vocabularies.folder()).read());
    boolean sound = reading.sound(PipelineKeys.HOLDOUT) && reading.sound(PipelineKeys.WINDOW);
    if (sound && training.holdout() >= training.window()) {
      reading.report(
          PipelineKeys.HOLDOUT.path(),
          "'training.holdout' is "
              + training.holdout()
              + ", which leaves nothing of the window of "
              + training.window()
              + " to train on",
          "write less than " + training.window());
    }
    return training;
  }
}
