package io.headwater.ops.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads all events into memory first, then scores them a thousand at a time, the size of a poll.
 *
 * <p>Runs on a thread of its own until it is through.
 */
final class RawLoop implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int SLICE = 1000;

  private final RoundPlan plan;
  private final ByHand hand;
  private final Thread thread;
  private volatile boolean stopped;

  /** Takes over what scores. */
  RawLoop(RoundPlan plan, ByHand hand) {
    this.plan = plan;
    this.hand = hand;
    this.thread = new Thread(this::run, "raw-loop");
    thread.start();
  }

  private void run() {
    List<byte[]> events = events();
    StringBuilder done = new StringBuilder();
    for (int from = 0; from < events.size() && !stopped; from += SLICE) {
      int to = Math.min(events.size(), from + SLICE);
      int answers = hand.score(events.subList(from, to)).size();
      done.append(System.currentTimeMillis()).append(' ').append(answers).append('\n');
    }
    Path file = Path.of(plan.done());
    Path part = Path.of(plan.done() + ".part");
    try {
      Files.writeString(part, done, StandardCharsets.UTF_8);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("the answers' times can't be written to " + file, e);
    }
  }

  private List<byte[]> events() {
    List<byte[]> events = new ArrayList<>(plan.events());
    Map<String, Object> settings = new HashMap<>(plan.client());
    settings.put("group.id", plan.application());
    settings.put("auto.offset.reset", "earliest");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(plan.input()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      while (events.size() < plan.events() && !stopped) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          events.add(record.value());
        }
      }
    }
    return events;
  }

  /** When each event was answered, in epoch milliseconds. */
  static List<Long> read(Path file) {
    List<Long> at = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file)) {
        int space = line.indexOf(' ');
        long time = Long.parseLong(line.substring(0, space));
        for (int i = Integer.parseInt(line.substring(space + 1)); i > 0; i--) {
          at.add(time);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the answers' times can't be read from " + file, e);
    }
    return at;
  }

  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    hand.close();
  }
}
