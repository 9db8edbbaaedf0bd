package io.headwater.ops.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.ops.Committed;
import io.headwater.ops.TabularOnnx;
import io.headwater.ops.broker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data scientist's way with an ONNX file of their own over a table, with the commands alone. */
class OwnModelIT {
  private static final Duration SOON = Duration.ofSeconds(90);
  private static final int LABELLED = 240;
  private static final int EVENTS = 40;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path home;
  private EmbeddedBroker broker;
  private Path pipeline;
  private Path onnx;

  @BeforeEach
  void start() throws IOException {
    broker = EmbeddedBroker.start(home.resolve("broker"), 0);
    onnx = Files.write(home.resolve("table.onnx"), TabularOnnx.layers(3, 2, 16, 8));
    pipeline =
        Files.writeString(
            home.resolve("loans.yaml"),
            """
            pipeline: loans
            partitions: 1
            features:
              sums: { type: numeric, input: x, fields: [amount, age], standardise: true }
            labels: [good, bad]
            training: { holdout: 60, trigger: 60, epochs: 60, learningRate: 0.01 }
            """);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void ownModel_fromOnnxFileToScores_rollsBackAndOn() throws Exception {
    Path labelled = events("labelled.jsonl", 1, LABELLED, true);
    Path fresh = home.resolve("fresh");
    assertThat(fails("model", "import", onnx.toString(), "--head", "mlp:8", "--out", "no", at()))
        .contains("standardises field 'amount'", "--source-sample");
    run("model", "import", onnx.toString(), "--head", "mlp:8", "--out", fresh.toString(), at())
        .plus("--source-sample", labelled.toString())
        .succeed();
    assertThat(fails("model", "publish", fresh.toString(), "--to", "production", at(), on()))
        .contains("topics create");
    run("topics", "create", at(), on()).succeed();
    assertThat(fails("model", "publish", fresh.toString(), "--to", "production", at(), on()))
        .contains("untrained head");
    assertThat(fails("train", "--package", fresh.toString(), at(), on()))
        .contains("--package needs --data");

    assertThat(
            run("train", "--data", labelled.toString(), "--package", fresh.toString(), at(), on())
                .succeed())
        .contains("training a new head of table.onnx", "is in production");
    String first = live();
    assertThat(
            run(
                    "model",
                    "export",
                    "production",
                    home.resolve("trained.onnx").toString(),
                    at(),
                    on())
                .succeed())
        .contains("trained.onnx");
    Path trained = home.resolve("trained");
    assertThat(
            run("model", "import", home.resolve("trained.onnx").toString(), at())
                .plus("--out", trained.toString(), "--source-sample", labelled.toString())
                .succeed())
        .contains("goldens", "the source sample");

    try (Spawned scorer = run("score", "--http-port", "0", at(), on()).start()) {
      Map<String, String> wanted = send("a", 2);
      await().atMost(SOON).until(() -> scores("a").size() == EVENTS);
      assertThat(right(scores("a"), wanted)).isGreaterThan(EVENTS * 4 / 5);
      assertThat(versions("a")).containsOnly(first);

      run("model", "publish", trained.toString(), "--to", "production", at(), on()).succeed();
      String second = live();
      assertThat(second).isNotEqualTo(first);
      awaitScoring(second, "b");
      assertThat(
              run("rollout", "promote", first.substring(0, 10), "--to", "shadow", at(), on())
                  .succeed())
          .contains("is in shadow as epoch 1");
      awaitShadow(first);
      run("rollout", "clear", "shadow", at(), on()).succeed();
      assertThat(run("rollout", "rollback", at(), on()).succeed())
          .contains("production is back at version " + first.substring(0, 12));
      awaitScoring(first, "c");
      assertThat(fails("rollout", "rollback", at(), on())).contains("there is nothing to go back");
      run("rollout", "promote", second.substring(0, 10), at(), on()).succeed();
      awaitScoring(second, "d");
      assertThat(run("rollout", "status", at(), on()).succeed())
          .contains("rollback", "promote", "publish", "live");
      assertThat(scorer.terminate()).as(scorer::said).isZero();
    }
    assertThat(Committed.records(broker.bootstrapServers(), "loans.dlq")).isEmpty();
  }

  /** Sends events until the version scores them: a swap takes a moment. */
  private void awaitScoring(String version, String batch) {
    int[] tries = {0};
    await()
        .atMost(SOON)
        .until(
            () -> {
              String name = batch + tries[0]++ + "-";
              send(name, 3);
              await().atMost(SOON).until(() -> scores(name).size() == EVENTS);
              return versions(name).equals(List.of(version));
            });
  }

  private void awaitShadow(String version) {
    int[] tries = {0};
    await()
        .atMost(SOON)
        .until(
            () -> {
              send("s" + tries[0]++ + "-", 4);
              return Committed.records(broker.bootstrapServers(), "loans.shadow-scores").stream()
                  .map(record -> json(new String(record.value(), UTF_8)))
                  .anyMatch(score -> score.path("version").asText().equals(version));
            });
  }

  private static long right(List<JsonNode> scores, Map<String, String> wanted) {
    return scores.stream()
        .filter(s -> s.path("decision").asText().equals(wanted.get(s.path("eventId").asText())))
        .count();
  }

  private List<String> versions(String batch) {
    return scores(batch).stream().map(s -> s.path("version").asText()).distinct().toList();
  }

  private List<JsonNode> scores(String batch) {
    List<JsonNode> scores = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> each :
        Committed.records(broker.bootstrapServers(), "loans.scores")) {
      JsonNode score = json(new String(each.value(), UTF_8));
      if (score.path("eventId").asText().startsWith(batch)) {
        scores.add(score);
      }
    }
    return scores;
  }

  private String live() throws Exception {
    JsonNode stages = json(run("model", "list", "--json", at(), on()).succeed());
    for (JsonNode record : stages.path("records")) {
      if (record.path("live").asBoolean() && record.path("stage").asText().equals("production")) {
        return record.path("version").asText();
      }
    }
    throw new AssertionError("production is empty: " + stages);
  }

  private Map<String, String> send(String batch, long seed) throws IOException {
    Map<String, String> wanted = new HashMap<>();
    Path file = events(batch + ".jsonl", seed, EVENTS, false);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        JsonNode event = json(lines.get(i));
        String id = batch + i;
        wanted.put(id, label(event.path("amount").asDouble(), event.path("age").asDouble()));
        byte[] value = lines.get(i).replace("\"id\":\"e" + i, "\"id\":\"" + id).getBytes(UTF_8);
        Future<RecordMetadata> unused = producer.send(new ProducerRecord<>("loans.events", value));
      }
    }
    return wanted;
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new AssertionError(text, e);
    }
  }

  /** Loans whose amount and age, each of its own scale, are bad together. */
  private Path events(String file, long seed, int count, boolean withLabel) throws IOException {
    Random random = new Random(seed);
    return Files.write(
        home.resolve(file),
        IntStream.range(0, count)
            .mapToObj(
                i -> {
                  double amount = 5_000 + 2_000 * random.nextGaussian();
                  double age = 40 + 10 * random.nextGaussian();
                  String label = ",\"label\":\"" + label(amount, age) + "\"";
                  return String.format(
                      Locale.ROOT,
                      "{\"id\":\"e%d\",\"amount\":%.2f,\"age\":%.2f%s}",
                      i,
                      amount,
                      age,
                      withLabel ? label : "");
                })
            .toList());
  }

  private static String label(double amount, double age) {
    return (amount - 5_000) / 2_000 - (age - 40) / 10 > 0 ? "bad" : "good";
  }

  private String[] at() {
    return new String[] {"--pipeline", pipeline.toString()};
  }

  private String[] on() {
    return new String[] {"-b", broker.bootstrapServers()};
  }

  private String fails(Object... arguments) throws InterruptedException {
    try (Spawned spawned = run(arguments).start()) {
      assertThat(spawned.process().waitFor()).as(spawned::said).isNotZero();
      return spawned.said();
    }
  }

  private Line run(Object... arguments) {
    List<String> line = new ArrayList<>();
    for (Object argument : arguments) {
      if (argument instanceof String[] several) {
        line.addAll(List.of(several));
      } else {
        line.add(argument.toString());
      }
    }
    return new Line(line);
  }

  private final class Line {
    private final List<String> arguments;

    Line(List<String> arguments) {
      this.arguments = arguments;
    }

    Line plus(String... more) {
      arguments.addAll(List.of(more));
      return this;
    }

    Spawned start() {
      return Spawned.headwater(home, arguments.toArray(String[]::new));
    }

    String succeed() throws InterruptedException {
      try (Spawned spawned = start()) {
        return spawned.succeed();
      }
    }
  }
}
