package io.headwater.ops.bench;

import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;

/** A Kafka Streams application, exactly once, that turns each value into another by itself. */
final class StreamsContender implements AutoCloseable {
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final KafkaStreams streams;

  /**
   * Starts it.
   *
   * @param each makes one task's function from the event's bytes to the output's
   */
  StreamsContender(RoundPlan plan, Supplier<UnaryOperator<byte[]>> each) {
    StreamsBuilder builder = new StreamsBuilder();
    KStream<byte[], byte[]> events =
        builder.stream(
            plan.input(), Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()).withName("events"));
    events
        .processValues(() -> new Each(each.get(), plan.headers()), Named.as("each"))
        .to(
            plan.output(),
            Produced.with(Serdes.ByteArray(), Serdes.ByteArray()).withName("scores"));
    streams = new KafkaStreams(builder.build(), settings(plan));
    streams.start();
  }

  private static Properties settings(RoundPlan plan) {
    Properties settings = new Properties();
    settings.putAll(plan.client());
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, plan.application());
    settings.put(StreamsConfig.STATE_DIR_CONFIG, plan.work());
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, plan.threads());
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, plan.commitInterval().toMillis());
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0L);
    settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    plan.consumer()
        .forEach((name, value) -> settings.put(StreamsConfig.consumerPrefix(name), value));
    plan.producer()
        .forEach((name, value) -> settings.put(StreamsConfig.producerPrefix(name), value));
    return settings;
  }

  private static final class Each extends ContextualFixedKeyProcessor<byte[], byte[], byte[]> {
    private final UnaryOperator<byte[]> function;
    private final List<Header> headers;

    private Each(UnaryOperator<byte[]> function, List<Header> headers) {
      this.function = function;
      this.headers = headers;
    }

    @Override
    public void process(FixedKeyRecord<byte[], byte[]> record) {
      byte[] value = function.apply(record.value());
      context().forward(record.withValue(value).withHeaders(new RecordHeaders(headers)));
    }
  }

  @Override
  public void close() {
    streams.close(CLOSE);
  }
}
