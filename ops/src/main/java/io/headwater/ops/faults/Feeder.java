package io.headwater.ops.faults;

import io.headwater.ops.UserError;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends events at an even rate, each once, until it is closed; it waits where the broker is away.
 *
 * <p>Event i is the same in every run: {@link #event}.
 */
final class Feeder implements AutoCloseable {
  static final int WIDTH = 8;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final String topic;
  private final int rate;
  private final KafkaProducer<byte[], byte[]> producer;
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final Thread thread = new Thread(this::run, "feeder");
  private volatile boolean stopping;

  /** Starts to send. */
  Feeder(String bootstrapServers, String topic, int rate) {
    this.topic = topic;
    this.rate = rate;
    int patience = Math.toIntExact(PATIENCE.toMillis());
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "linger.ms",
                5,
                "delivery.timeout.ms",
                patience,
                "max.block.ms",
                patience),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    thread.setDaemon(true);
    thread.start();
  }

  static String id(int index) {
    return "e" + index;
  }

  /** Event i as JSON. */
  static String event(int index) {
    Random random = new Random(index);
    StringBuilder event = new StringBuilder("{\"id\":\"").append(id(index)).append('"');
    for (int i = 0; i < WIDTH; i++) {
      event.append(String.format(Locale.ROOT, ",\"x%d\":%.3f", i, random.nextGaussian()));
    }
    return event.append('}').toString();
  }

  private void run() {
    long start = System.nanoTime();
    long pause = TimeUnit.SECONDS.toNanos(1) / rate;
    try {
      while (!stopping && failure.get() == null) {
        int index = sent.getAndIncrement();
        byte[] key = id(index).getBytes(StandardCharsets.UTF_8);
        byte[] value = event(index).getBytes(StandardCharsets.UTF_8);
        Future<RecordMetadata> unused =
            producer.send(
                new ProducerRecord<>(topic, key, value),
                (metadata, e) -> {
                  if (e != null) {
                    failure.compareAndSet(null, e);
                  }
                });
        LockSupport.parkNanos(start + pause * (index + 1) - System.nanoTime());
      }
      producer.flush();
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
    }
  }

  /**
   * How many events went out so far.
   *
   * @throws UserError where one could not be sent
   */
  int sent() {
    Exception failed = failure.get();
    if (failed != null) {
      throw new UserError(
          "an event could not be sent (" + failed.getMessage() + ")", "run it again", failed);
    }
    return sent.get();
  }

  /** Stops sending, waits until all is acknowledged, and gives how many events there were. */
  int finish() throws InterruptedException {
    stopping = true;
    thread.join();
    return sent();
  }

  @Override
  public void close() {
    stopping = true;
    producer.close(Duration.ZERO);
  }
}
