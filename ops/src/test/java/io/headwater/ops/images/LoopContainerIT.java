package io.headwater.ops.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.ComposeContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** The loop on the images of docker-compose.yml, built from source; needs a container engine. */
class LoopContainerIT {
  private static final Map<String, Object> CLIENT = Map.of("bootstrap.servers", "localhost:9092");
  private static final int EVENTS = 100;

  private static final ComposeContainer COMPOSE =
      new ComposeContainer(Path.of("../docker-compose.yml").toFile())
          .withBuild(true)
          .withExposedService(
              "scorer-1",
              8080,
              Wait.forHttp("/health/ready").withStartupTimeout(Duration.ofMinutes(15)))
          .withExposedService(
              "trainer",
              8081,
              Wait.forHttp("/health/ready").withStartupTimeout(Duration.ofMinutes(15)));

  @BeforeAll
  static void start() {
    COMPOSE.start();
  }

  @AfterAll
  static void stop() {
    COMPOSE.stop();
  }

  @Test
  void loop_onEventsWithLabels_scoresEachOnceAndTrains() {
    List<String> ids = IntStream.range(0, EVENTS).mapToObj(i -> "e" + i).toList();
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(CLIENT, new StringSerializer(), new StringSerializer())) {
      for (int i = 0; i < EVENTS; i++) {
        boolean good = i % 2 == 0;
        sent.add(
            producer.send(
                new ProducerRecord<>(
                    "reviews.events",
                    ids.get(i),
                    "{\"id\":\"%s\",\"title\":\"%s\",\"body\":\"Number %d\"}"
                        .formatted(ids.get(i), good ? "Great value" : "Broke at once", i))));
        sent.add(
            producer.send(
                new ProducerRecord<>(
                    "reviews.labels",
                    ids.get(i),
                    "{\"eventId\":\"%s\",\"label\":\"%s\"}"
                        .formatted(ids.get(i), good ? "positive" : "negative"))));
      }
    }
    assertThat(sent).allSatisfy(record -> assertThat(record).succeedsWithin(Duration.ofMinutes(1)));
    assertThat(read("reviews.scores", EVENTS).stream().map(ConsumerRecord::key).toList())
        .containsExactlyInAnyOrderElementsOf(ids);
    // The first version's decision, and the trainer's on what it has read.
    assertThat(read("reviews.rollouts", 2)).hasSizeGreaterThanOrEqualTo(2);
  }

  private static Set<ConsumerRecord<String, String>> read(String topic, int atLeast) {
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                "localhost:9092",
                "group.id",
                "loop-" + topic,
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.subscribe(List.of(topic));
      Set<ConsumerRecord<String, String>> records = new HashSet<>();
      await()
          .atMost(Duration.ofMinutes(3))
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(500)).forEach(records::add);
                return records.size() >= atLeast;
              });
      return records;
    }
  }
}
