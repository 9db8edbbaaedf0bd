package io.headwater.ops.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.schemas.Example;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Score;
import io.headwater.schemas.Stage;
import io.headwater.schemas.StageRecord;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.serde.RecordSerdes;
import io.headwater.schemas.topics.PipelineTopics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads what a run writes, committed records only, and enters it in the ledger; runs on a thread of
 * its own until it is closed. What it can't read ends the run.
 */
final class Watcher implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private final Ledger ledger;
  private final Ledger.FrozenAnswers first;
  private final Consumer<String> onFirstScore;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final PipelineTopics topics;
  private final RecordSerde<Score> scores;
  private final RecordSerde<Example> examples;
  private final RecordSerde<RolloutDecision> decisions = RecordSerde.json(RolloutDecision.class);
  private final RecordSerde<StageRecord> stages = RecordSerde.json(StageRecord.class);
  private final Thread thread;
  private volatile boolean closed;

  /**
   * Watches a pipeline from its topics' beginnings; begins with {@link #start}.
   *
   * @param first the first version's answers
   * @param onFirstScore told each version when its first score is read
   */
  Watcher(
      PipelineTopics topics,
      RecordSerdes serdes,
      Map<String, Object> client,
      Ledger ledger,
      Ledger.FrozenAnswers first,
      Consumer<String> onFirstScore) {
    this.ledger = ledger;
    this.first = first;
    this.onFirstScore = onFirstScore;
    this.topics = topics;
    this.scores = serdes.of(Score.class);
    this.examples = serdes.of(Example.class);
    Map<String, Object> settings = new HashMap<>(client);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    this.consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.thread = new Thread(this::watch, "demo-watcher");
  }

  void start() {
    thread.start();
  }

  private void watch() {
    try (consumer) {
      consumer.assign(partitions());
      while (!closed) {
        enter(consumer.poll(POLL));
      }
    } catch (WakeupException e) {
      if (!closed) {
        ledger.failed(e);
      }
    } catch (RuntimeException e) {
      ledger.failed(e);
    }
  }

  private List<TopicPartition> partitions() {
    List<String> watched = new ArrayList<>();
    watched.add(topics.scores());
    watched.add(topics.examples());
    watched.add(topics.deadLetters());
    watched.add(topics.rollouts());
    for (Stage stage : Stage.values()) {
      watched.add(topics.stage(stage));
    }
    return watched.stream()
        .flatMap(topic -> consumer.partitionsFor(topic).stream())
        .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
        .toList();
  }

  private void enter(ConsumerRecords<byte[], byte[]> records) {
    long now = System.nanoTime();
    for (Stage stage : Stage.values()) {
      records
          .records(topics.stage(stage))
          .forEach(record -> ledger.staged(stages.read(record.value())));
    }
    records
        .records(topics.rollouts())
        .forEach(record -> ledger.decided(decisions.read(record.value())));
    for (ConsumerRecord<byte[], byte[]> record : records.records(topics.scores())) {
      Score score = scores.read(record.value());
      if (ledger.scored(key(record), score, now)) {
        onFirstScore.accept(score.getVersion());
      }
    }
    records.records(topics.deadLetters()).forEach(record -> ledger.deadLettered(key(record)));
    List<Example> joined = new ArrayList<>();
    records.records(topics.examples()).forEach(record -> joined.add(examples.read(record.value())));
    if (!joined.isEmpty()) {
      ledger.joined(joined, first);
    }
  }

  private static String key(ConsumerRecord<byte[], byte[]> record) {
    return record.key() == null ? "" : new String(record.key(), UTF_8);
  }

  /** Ends watching and returns when its thread has, interrupted or not: it runs a session. */
  @Override
  public void close() {
    closed = true;
    consumer.wakeup();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
