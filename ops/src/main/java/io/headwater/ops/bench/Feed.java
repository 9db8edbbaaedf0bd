package io.headwater.ops.bench;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.DoubleFunction;
import java.util.function.IntFunction;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Produces events at a steady rate, keyed by their number, until closed.
 *
 * <p>An event that is due late, because this process was held up, is sent at once, and counts from
 * when it was due: a scorer that stands still does not slow its own measurement down.
 */
final class Feed implements AutoCloseable {
  /** Waits until something holds, and fails where it never does. */
  @FunctionalInterface
  interface Awaiting {
    void await(String what, BooleanSupplier condition) throws InterruptedException;
  }

  private static final int EVERY_MILLIS = 5;
  private static final Duration TRIAL = Duration.ofSeconds(3);
  private static final double KEPT_UP_SECONDS = 0.5;
  private static final double SLOWER = 2.0 / 3;

  private final KafkaProducer<byte[], byte[]> producer;
  private final String topic;
  private final IntFunction<byte[]> event;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final double perSecond;
  private final int first;
  private final long began = System.currentTimeMillis();
  private final Thread thread;
  private volatile int sent;

  /**
   * Starts to produce.
   *
   * @param perSecond events a second
   * @param first number of the first event
   */
  Feed(
      Map<String, Object> client,
      String topic,
      IntFunction<byte[]> event,
      double perSecond,
      int first) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("linger.ms", 0);
    this.producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    this.topic = topic;
    this.event = event;
    this.perSecond = perSecond;
    this.first = first;
    this.sent = first;
    this.thread = new Thread(this::run, "feed");
    thread.start();
  }

  /**
   * Starts to produce at a rate that the scorer, the broker and this process keep up with side by
   * side: at the one that is wanted, or, where scores fall half a second behind, at two thirds of
   * it, and so on.
   *
   * @param first starts a feed of that many events a second, numbered from the scores' count on
   * @param arrivals of the scores
   */
  static Feed kept(
      double perSecond,
      DoubleFunction<Feed> first,
      Arrivals arrivals,
      Awaiting awaiting,
      Consumer<String> progress)
      throws InterruptedException {
    double rate = perSecond;
    while (true) {
      Feed feed = first.apply(rate);
      Thread.sleep(TRIAL.toMillis());
      if (feed.isKeptUp(arrivals.count())) {
        return feed;
      }
      feed.close();
      awaiting.await("what was fed so far", () -> arrivals.count() >= feed.next());
      rate *= SLOWER;
      progress.accept(String.format(Locale.ROOT, "that was too fast: %,.0f events/s", rate));
    }
  }

  /** Whether no more than half a second of what is due by now has no score yet. */
  boolean isKeptUp(int scored) {
    return scored > due() - KEPT_UP_SECONDS * perSecond;
  }

  double perSecond() {
    return perSecond;
  }

  /** The number of the first event that is not due yet. */
  private int due() {
    return first + (int) ((System.currentTimeMillis() - began) * perSecond / 1000);
  }

  private void run() {
    try {
      while (!stop.await(EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
        int due = due();
        for (int i = sent; i < due; i++) {
          Future<RecordMetadata> unused =
              producer.send(
                  new ProducerRecord<>(
                      topic,
                      null,
                      due(i),
                      Integer.toString(i).getBytes(StandardCharsets.UTF_8),
                      event.apply(i)));
        }
        sent = Math.max(sent, due);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** When an event was due, in epoch milliseconds. */
  long due(int event) {
    return began + (long) ((event - first) * 1000.0 / perSecond);
  }

  /** The number that the next event will have. */
  int next() {
    return sent;
  }

  @Override
  public void close() {
    stop.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close();
  }
}
