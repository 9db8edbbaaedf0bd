package io.headwater.ops.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.headwater.ops.Committed;
import io.headwater.ops.MiniLm;
import io.headwater.ops.broker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's way for one's own stream, with the commands and with kcat where that is there. */
class CommandsIT {
  private static final Duration SOON = Duration.ofSeconds(90);
  private static final int MIB = 1 << 20;
  private static final int EVENTS = 60;
  private final Instant now = Instant.now();

  @TempDir private Path home;
  private EmbeddedBroker broker;
  private Path pipeline;

  @BeforeEach
  void start() throws IOException {
    broker = EmbeddedBroker.start(home.resolve("broker"), 0);
    pipeline =
        Files.writeString(
            home.resolve("reviews.yaml"),
            """
            pipeline: reviews
            partitions: 2
            event: { id: id, time: time }
            model: { pretrained: all-minilm-l6-v2-q }
            features:
              text: { type: text, fields: [title, body], maxTokens: 32 }
            labels: [negative, positive]
            training: { trigger: 60, holdout: 20 }
            """);
    Path packages = Files.createDirectories(home.resolve("cache/headwater/packages"));
    Files.copy(MiniLm.jar(), packages.resolve(MiniLm.jar().getFileName()));
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void ownStream_fromTopicsToScoresAndBetterVersions_asTheReadmeSays() throws Exception {
    assertThat(run("topics", "create").succeed())
        .contains("created reviews.events", "topics of reviews stand as they should");
    assertThat(run("train", "--data", labelled().toString()).succeed())
        .contains("is in production");
    try (Spawned scorer = run("score", "--http-port", "0");
        Spawned trainer = run("train", "--http-port", "0", "--command-config", client())) {
      produce("reviews.events", IntStream.range(0, EVENTS).mapToObj(this::event));
      Map<String, byte[]> bad = bad();
      send("reviews.events", bad);
      produce("reviews.labels", IntStream.range(0, EVENTS).mapToObj(CommandsIT::labelOf));

      await().atMost(SOON).until(() -> records("reviews.scores").size() >= EVENTS);
      await().atMost(SOON).until(() -> records("reviews.dlq").size() >= bad.size());
      assertThat(consume("reviews.scores").lines())
          .hasSize(EVENTS)
          .allMatch(line -> line.contains("\"decision\":"));
      assertThat(reasons())
          .isEqualTo(
              new TreeMap<>(
                  Map.of(
                      "not-json", "malformed",
                      "no-field", "missing-field",
                      "null", "null-value",
                      "2-mb", "too-large",
                      "minus-1", "time-out-of-bounds",
                      "1970", "time-out-of-bounds",
                      "2099", "time-out-of-bounds")));
      // The first version, what the trainer published, and that it was promoted or rejected.
      await().atMost(SOON).until(() -> records("reviews.rollouts").size() >= 2);
      assertThat(scorer.terminate()).as(scorer::said).isZero();
      assertThat(trainer.terminate()).as(trainer::said).isZero();
    }
    assertThat(records("reviews.scores")).hasSize(EVENTS);
  }

  private Spawned run(String command, String... more) {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of(more));
    arguments.addAll(List.of("--pipeline", pipeline.toString(), "-b", broker.bootstrapServers()));
    return Spawned.headwater(home, arguments.toArray(String[]::new));
  }

  private String client() throws IOException {
    return Files.writeString(
            home.resolve("client.properties"),
            "consumer.fetch.max.wait.ms=50\nproducer.compression.type=lz4\n")
        .toString();
  }

  private Path labelled() throws IOException {
    return Files.write(
        home.resolve("labelled.jsonl"),
        IntStream.range(0, 80)
            .mapToObj(i -> event(i).replaceFirst("\\}$", ",\"label\":\"" + label(i) + "\"}"))
            .toList());
  }

  private String event(int i) {
    return "{\"id\":\"r%d\",\"time\":\"%s\",\"title\":\"%s\",\"body\":\"Number %d.\"}"
        .formatted(i, now, i % 2 == 0 ? "Works well" : "Broke at once", i);
  }

  private static String label(int i) {
    return i % 2 == 0 ? "positive" : "negative";
  }

  private static String labelOf(int i) {
    return "{\"eventId\":\"r%d\",\"label\":\"%s\"}".formatted(i, label(i));
  }

  private static Map<String, byte[]> bad() {
    String timed = "{\"id\":\"x\",\"title\":\"t\",\"body\":\"b\",\"time\":%s}";
    Map<String, byte[]> bad = new LinkedHashMap<>();
    bad.put("not-json", "hello".getBytes(UTF_8));
    bad.put("no-field", "{\"id\":\"x\",\"time\":\"2024-05-01T12:00:00Z\"}".getBytes(UTF_8));
    bad.put("null", null);
    bad.put("2-mb", "y".repeat(2 * MIB).getBytes(UTF_8));
    bad.put("minus-1", timed.formatted("-1").getBytes(UTF_8));
    bad.put("1970", timed.formatted("\"1970-01-02T00:00:00Z\"").getBytes(UTF_8));
    bad.put("2099", timed.formatted("\"2099-01-01T00:00:00Z\"").getBytes(UTF_8));
    return bad;
  }

  private Map<String, String> reasons() {
    Map<String, String> reasons = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> letter : records("reviews.dlq")) {
      String key = new String(letter.key(), UTF_8);
      assertThat(reasons).as("one dead letter for each").doesNotContainKey(key);
      reasons.put(key, new String(letter.headers().lastHeader("hw_reason").value(), UTF_8));
    }
    return reasons;
  }

  private List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    return Committed.records(broker.bootstrapServers(), topic);
  }

  private void produce(String topic, Stream<String> lines) throws Exception {
    if (!hasKcat()) {
      Map<String, byte[]> values = new LinkedHashMap<>();
      lines.forEach(line -> values.put("k" + values.size(), line.getBytes(UTF_8)));
      send(topic, values);
      return;
    }
    Path file = Files.write(home.resolve(topic), lines.toList());
    kcat("-P", "-t", topic, "-l", file.toString()).succeed();
  }

  private String consume(String topic) throws InterruptedException {
    if (!hasKcat()) {
      StringBuilder lines = new StringBuilder();
      records(topic).forEach(r -> lines.append(new String(r.value(), UTF_8)).append('\n'));
      return lines.toString();
    }
    return kcat(
            "-C",
            "-q",
            "-e",
            "-t",
            topic,
            "-o",
            "beginning",
            "-X",
            "isolation.level=read_committed")
        .succeed();
  }

  private Spawned kcat(String... arguments) {
    List<String> command = new ArrayList<>(List.of("kcat", "-b", broker.bootstrapServers()));
    command.addAll(List.of(arguments));
    return Spawned.start(home, command, Map.of());
  }

  private static boolean hasKcat() {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "kcat")));
  }

  private void send(String topic, Map<String, byte[]> values) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers(), "max.request.size", 4 * MIB),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      values.forEach(
          (key, value) ->
              sent.add(producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), value))));
    }
    assertThat(sent).allSatisfy(record -> assertThat(record).succeedsWithin(SOON));
  }
}
