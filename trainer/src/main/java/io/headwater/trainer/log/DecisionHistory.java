package io.headwater.trainer.log;

import io.headwater.schemas.RolloutAction;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.topics.PipelineTopics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has been decided on a pipeline's versions so far.
 *
 * @param decisions oldest first
 */
public record DecisionHistory(List<RolloutDecision> decisions) {
  private static final Logger LOG = LoggerFactory.getLogger(DecisionHistory.class);
  private static final RecordSerde<RolloutDecision> SERDE = RecordSerde.json(RolloutDecision.class);
  private static final Duration POLL = Duration.ofMillis(200);

  public DecisionHistory {
    decisions = List.copyOf(decisions);
  }

  /**
   * Reads the whole topic of decisions; one that can't be read is logged and passed over.
   *
   * @throws IllegalStateException where the topic is missing
   */
  public static DecisionHistory read(PipelineTopics topics, Map<String, Object> client) {
    List<RolloutDecision> decisions = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        CommittedReader.open(client, topics.trainerGroup())) {
      List<TopicPartition> partitions = Partitions.of(consumer, topics.rollouts());
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        for (ConsumerRecord<byte[], byte[]> each : consumer.poll(POLL)) {
          add(each, decisions);
        }
      }
    }
    return new DecisionHistory(decisions);
  }

  private static void add(ConsumerRecord<byte[], byte[]> each, List<RolloutDecision> decisions) {
    byte[] value = each.value();
    try {
      if (value == null) {
        throw new SerializationException("it has no value");
      }
      decisions.add(SERDE.read(value));
    } catch (SerializationException e) {
      LOG.warn("decision at {}-{} passed over: {}", each.topic(), each.offset(), e.getMessage());
    }
  }

  /** The decision that published a version, where nothing was decided on it since. */
  public Optional<RolloutDecision> undecided(String version) {
    return decisions.stream()
        .filter(decision -> decision.getVersion().equals(version))
        .reduce((earlier, later) -> later)
        .filter(decision -> decision.getAction() == RolloutAction.PUBLISH);
  }

  /** The last decision of a training. */
  public Optional<RolloutDecision> lastBy(String who) {
    return decisions.stream()
        .filter(decision -> decision.getBy().equals(who))
        .reduce((earlier, later) -> later);
  }
}
