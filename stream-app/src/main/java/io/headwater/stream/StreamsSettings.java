package io.headwater.stream;

import static org.apache.kafka.streams.StreamsConfig.consumerPrefix;
import static org.apache.kafka.streams.StreamsConfig.mainConsumerPrefix;
import static org.apache.kafka.streams.StreamsConfig.producerPrefix;
import static org.apache.kafka.streams.StreamsConfig.topicPrefix;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.schemas.topics.TopicCatalogue;
import io.headwater.stream.join.BoundedRocks;
import io.headwater.stream.score.PollInterceptor;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;

/** The scorer's Kafka Streams settings. */
final class StreamsSettings {
  private static final int BATCH_BYTES = 256 * 1024;
  private static final int MAX_POLL_RECORDS = 1000;

  /** Above the largest thing that the join holds: 16 labels of 64 KiB, or one score. */
  private static final int INTERNAL_TOPIC_BYTES = 4 * 1024 * 1024;

  private static final int SESSION_TIMEOUT_MILLIS = 10_000;
  private static final int HEARTBEAT_MILLIS = 3_000;
  private static final int ENVELOPE_BYTES = 2 * 1024 * 1024;

  private static final String STREAMS_PREFIX = "streams.";
  private static final String CONSUMER_PREFIX = "consumer.";
  private static final String PRODUCER_PREFIX = "producer.";
  private static final String INTERCEPTORS =
      mainConsumerPrefix(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG);

  private StreamsSettings() {}

  static Properties of(Pipeline pipeline, Map<String, Object> client, ScorerOptions options) {
    Properties settings = new Properties();
    settings.putAll(client);
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, pipeline.topics().scorerApplication());
    settings.put(StreamsConfig.STATE_DIR_CONFIG, options.stateDir().resolve("streams").toString());
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, options.threads());
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, options.commitInterval().toMillis());
    settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocks.class);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0L);
    settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, pipeline.wire().replication());
    if (!pipeline.feedback().enabled()) {
      // Tasks read one topic each, and have none to wait for.
      settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
    }

    settings.put(mainConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), MAX_POLL_RECORDS);
    settings.put(consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), SESSION_TIMEOUT_MILLIS);
    settings.put(consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), HEARTBEAT_MILLIS);

    int largest =
        Math.addExact(TopicCatalogue.maxTopicBytes(pipeline.event().maxBytes()), ENVELOPE_BYTES);
    // Whole events pass through an internal topic where windows are by a field.
    int internal = pipeline.windows() == null ? 0 : largest;
    settings.put(
        topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG),
        Math.max(INTERNAL_TOPIC_BYTES, internal));
    settings.put(producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), BATCH_BYTES);
    settings.put(producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 5);
    settings.put(producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), largest);
    settings.put(
        producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG),
        Math.max(64L * 1024 * 1024, 2L * largest));
    settings.put(
        producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
        Math.toIntExact(options.transactionTimeout().toMillis()));

    options.overrides().forEach((name, value) -> override(settings, name, value));
    intercept(settings, pipeline.scoredTopic());
    return settings;
  }

  private static void override(Properties settings, String name, String value) {
    if (name.startsWith(STREAMS_PREFIX)) {
      settings.put(name.substring(STREAMS_PREFIX.length()), value);
    } else if (name.startsWith(CONSUMER_PREFIX) || name.startsWith(PRODUCER_PREFIX)) {
      // A setting of the main consumer would win over one of all consumers.
      settings.remove("main." + name);
      settings.put(name, value);
    } else {
      throw new IllegalArgumentException(
          "unknown setting '" + name + "': start it with streams., consumer. or producer.");
    }
  }

  /**
   * Others' interceptors stay; ours comes last, as it expects the records that Streams will get.
   */
  private static void intercept(Properties settings, String scoredTopic) {
    Object others =
        settings.getOrDefault(
            INTERCEPTORS, settings.get(consumerPrefix(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG)));
    String ours = PollInterceptor.class.getName();
    settings.put(INTERCEPTORS, others == null ? ours : others + "," + ours);
    settings.put(mainConsumerPrefix(PollInterceptor.TOPIC), scoredTopic);
  }
}
