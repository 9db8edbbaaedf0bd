package io.headwater.trainer.elect;

import io.headwater.schemas.client.ClientKind;
import io.headwater.schemas.topics.PipelineTopics;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * A trainer's part in the election of the one that trains: it is elected while the group of all
 * trainers gives it the one partition of the decisions' topic, of which it reads nothing.
 *
 * <p>The group's other members get the partition when this one leaves, or when the broker has heard
 * nothing of it for the session's timeout. One that was cut off may believe itself elected for that
 * long: what it would write then is held off by the transactional id of the newly elected, not
 * here. Safe for use by several threads.
 */
public final class Candidacy implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
  private static final String SESSION_TIMEOUT_MILLIS = "10000";

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Thread thread;
  private volatile boolean elected;
  private volatile boolean closing;
  private volatile @Nullable KafkaException failure;

  /**
   * Stands for election.
   *
   * @param client Kafka client settings: bootstrap servers, security; by {@code consumer.} or
   *     {@code producer.} those of one kind
   */
  public Candidacy(PipelineTopics topics, Map<String, Object> client) {
    Map<String, Object> settings = ClientKind.CONSUMER.settings(client);
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, topics.trainerElection());
    settings.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
    // Whoever is elected stays so when another joins.
    settings.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        CooperativeStickyAssignor.class.getName());
    settings.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
    settings.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_TIMEOUT_MILLIS);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    this.consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.thread = new Thread(() -> stand(topics.rollouts()), "trainer-election");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Whether this trainer is the one that trains.
   *
   * @throws KafkaException where it can't stand for election
   */
  public boolean isElected() {
    KafkaException failed = failure;
    if (failed != null) {
      throw failed;
    }
    return elected;
  }

  private void stand(String topic) {
    try (consumer) {
      consumer.subscribe(List.of(topic), new Assignment());
      while (!closing) {
        consumer.poll(POLL);
      }
    } catch (WakeupException e) {
      // Closing.
    } catch (KafkaException e) {
      failure = e;
    } finally {
      elected = false;
    }
  }

  /** Polling goes on while a training runs, so this is told at once. */
  private final class Assignment implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty()) {
        consumer.pause(partitions);
        elected = true;
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty()) {
        elected = false;
      }
    }
  }

  /** Leaves the group, so that another is elected at once. */
  @Override
  public void close() {
    closing = true;
    consumer.wakeup();
    try {
      TimeUnit.MILLISECONDS.timedJoin(thread, CLOSE_TIMEOUT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
