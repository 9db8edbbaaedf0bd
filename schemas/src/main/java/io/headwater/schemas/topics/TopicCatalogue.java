package io.headwater.schemas.topics;

import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_COMPACT;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_DELETE;
import static org.apache.kafka.common.config.TopicConfig.MAX_MESSAGE_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.RETENTION_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.RETENTION_MS_CONFIG;

import io.headwater.schemas.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Every topic of a pipeline and its settings.
 *
 * <p>All use LogAppendTime: with CreateTime the next retention pass would delete records dated
 * years back, and the broker would refuse ones dated ahead. Event time travels in the value.
 */
public final class TopicCatalogue {
  /** Largest blob chunk, in bytes. */
  public static final int MAX_CHUNK_BYTES = 512 * 1024;

  /** Largest stage record, in bytes. */
  public static final int MAX_STAGE_RECORD_BYTES = 8 * 1024 * 1024;

  /** Room for key, headers and framing above a value. */
  private static final int ENVELOPE_BYTES = 1024 * 1024;

  private static final Duration SCORES_KEPT = Duration.ofDays(7);
  private static final Duration DEAD_LETTERS_KEPT = Duration.ofDays(90);
  private static final Duration FEEDBACK_KEPT = Duration.ofDays(730);

  private TopicCatalogue() {}

  /**
   * The topics of one pipeline.
   *
   * @param partitions of the data topics; the model log's have one each
   * @param replication -1 leaves it to the broker
   * @param maxEventBytes the largest event that is scored; the topics take larger ones, so that an
   *     oversized event can reach its dead letter
   */
  public static List<TopicSpec> of(
      PipelineTopics topics, int partitions, int replication, int maxEventBytes) {
    short replicas = (short) replication;
    int eventTopicBytes = maxTopicBytes(maxEventBytes);
    List<TopicSpec> specs = new ArrayList<>();
    specs.add(
        new TopicSpec(
            topics.events(), partitions, replicas, deleted(SCORES_KEPT, eventTopicBytes), false));
    specs.add(
        new TopicSpec(
            topics.scores(), partitions, replicas, deleted(SCORES_KEPT, ENVELOPE_BYTES), true));
    specs.add(
        new TopicSpec(
            topics.shadowScores(),
            partitions,
            replicas,
            deleted(SCORES_KEPT, ENVELOPE_BYTES),
            true));
    specs.add(
        new TopicSpec(
            topics.labels(), partitions, replicas, deleted(FEEDBACK_KEPT, ENVELOPE_BYTES), true));
    specs.add(
        new TopicSpec(
            topics.examples(), partitions, replicas, deleted(FEEDBACK_KEPT, ENVELOPE_BYTES), true));
    specs.add(
        new TopicSpec(
            topics.deadLetters(),
            partitions,
            replicas,
            deleted(DEAD_LETTERS_KEPT, Math.addExact(eventTopicBytes, ENVELOPE_BYTES)),
            true));
    specs.add(new TopicSpec(topics.blobs(), 1, replicas, compacted(), true));
    for (Stage stage : Stage.values()) {
      specs.add(
          new TopicSpec(topics.stage(stage), 1, replicas, kept(MAX_STAGE_RECORD_BYTES), true));
    }
    specs.add(new TopicSpec(topics.rollouts(), 1, replicas, kept(ENVELOPE_BYTES), true));
    return List.copyOf(specs);
  }

  /** The topic of events with the features of their windows, where a pipeline declares some. */
  public static TopicSpec enriched(
      PipelineTopics topics, int partitions, int replication, int maxEventBytes) {
    return new TopicSpec(
        topics.enriched(),
        partitions,
        (short) replication,
        deleted(SCORES_KEPT, maxTopicBytes(maxEventBytes)),
        true);
  }

  /** The largest record that the events topic takes, in bytes. */
  public static int maxTopicBytes(int maxEventBytes) {
    return Math.addExact(Math.multiplyExact(4, maxEventBytes), ENVELOPE_BYTES);
  }

  private static Map<String, String> deleted(Duration kept, int maxBytes) {
    Map<String, String> config = common(CLEANUP_POLICY_DELETE, maxBytes);
    config.put(RETENTION_MS_CONFIG, Long.toString(kept.toMillis()));
    return config;
  }

  private static Map<String, String> kept(int maxBytes) {
    Map<String, String> config = common(CLEANUP_POLICY_DELETE, maxBytes);
    config.put(RETENTION_MS_CONFIG, "-1");
    config.put(RETENTION_BYTES_CONFIG, "-1");
    return config;
  }

  private static Map<String, String> compacted() {
    return common(CLEANUP_POLICY_COMPACT, MAX_CHUNK_BYTES + ENVELOPE_BYTES);
  }

  private static Map<String, String> common(String policy, int maxBytes) {
    Map<String, String> config = new TreeMap<>();
    config.put(CLEANUP_POLICY_CONFIG, policy);
    config.put(MAX_MESSAGE_BYTES_CONFIG, Integer.toString(maxBytes));
    config.put(MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
    return config;
  }
}
