package io.headwater.schemas.topics;

import io.headwater.schemas.Stage;
import java.util.Locale;

/**
 * The names of one pipeline's topics; nothing else in Headwater spells a topic name.
 *
 * @param prefix the pipeline's name: lower-case letters, digits, dots, dashes and underscores
 */
public record PipelineTopics(String prefix) {
  public PipelineTopics {
    if (!prefix.matches("[a-z0-9][a-z0-9._-]{0,99}")) {
      throw new IllegalArgumentException(
          "pipeline name '"
              + prefix
              + "' must be 1 to 100 characters of a-z, 0-9, '.', '-', '_' and start with a letter or"
              + " digit");
    }
  }

  public String events() {
    return prefix + ".events";
  }

  /** Events with the features of their windows; stands only where a pipeline declares some. */
  public String enriched() {
    return prefix + ".enriched";
  }

  public String scores() {
    return prefix + ".scores";
  }

  /** Scores that don't serve their event: those of shadows, and of the champion beside a canary. */
  public String shadowScores() {
    return prefix + ".shadow-scores";
  }

  public String labels() {
    return prefix + ".labels";
  }

  public String examples() {
    return prefix + ".examples";
  }

  public String blobs() {
    return prefix + ".models.blobs";
  }

  public String stage(Stage stage) {
    return prefix + ".models." + stage.name().toLowerCase(Locale.ROOT);
  }

  public String rollouts() {
    return prefix + ".rollouts";
  }

  public String deadLetters() {
    return prefix + ".dlq";
  }

  /** The Kafka Streams application id of the scorer. */
  public String scorerApplication() {
    return prefix + "-scorer";
  }

  /** The consumer group under which the trainer commits what it has read. */
  public String trainerGroup() {
    return prefix + "-trainer";
  }

  /** The consumer group whose one busy member is the trainer that trains. */
  public String trainerElection() {
    return prefix + "-trainer-election";
  }

  /** The one writer's transactional id for a stage. */
  public String stageWriter(Stage stage) {
    return prefix + "-" + stage.name().toLowerCase(Locale.ROOT);
  }

  /** The one garbage collector's transactional id. */
  public String garbageCollector() {
    return prefix + "-gc";
  }
}
