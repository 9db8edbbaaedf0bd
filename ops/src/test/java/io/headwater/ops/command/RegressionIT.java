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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prices that drift, from an ONNX file to a version that learned the new ones, by command. */
class RegressionIT {
  private static final Duration SOON = Duration.ofMinutes(4);
  private static final int EVENTS = 120;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path home;
  private EmbeddedBroker broker;
  private Path pipeline;

  @BeforeEach
  void start() throws IOException {
    broker = EmbeddedBroker.start(home.resolve("broker"), 0);
    pipeline =
        Files.writeString(
            home.resolve("homes.yaml"),
            """
            pipeline: homes
            partitions: 1
            features:
              sums: { type: numeric, input: x, fields: [rooms, age], standardise: true }
            labels: number
            decision:
              levels: { dear: 55000 }
              below: fair
            scores:
              fields: [city, rooms]
              embedding: true
            evaluation: { slices: [city] }
            training: { holdout: 40, trigger: 120, epochs: 60, learningRate: 0.01 }
            """);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void prices_thatRise_areLearntByANewVersion() throws Exception {
    Path onnx = Files.write(home.resolve("homes.onnx"), TabularOnnx.layers(3, 2, 16, 8));
    Path labelled = Files.write(home.resolve("labelled.jsonl"), lines("l", 1, 400, true, 0));
    Path fresh = home.resolve("fresh");
    run("topics", "create", at(), on()).succeed();
    assertThat(
            run("model", "import", onnx.toString(), "--head", "linear", at())
                .plus("--out", fresh.toString(), "--source-sample", labelled.toString())
                .succeed())
        .contains("homes.onnx");
    String trained =
        run("train", "--data", labelled.toString(), "--package", fresh.toString(), at(), on())
            .succeed();
    assertThat(trained)
        .contains("holdout.rmse ", "holdout.rmse-constant ", "holdout.slice.city=Wien.rmse");
    assertThat(figure(trained, "holdout.rmse"))
        .isLessThan(figure(trained, "holdout.rmse-constant") / 2);

    try (Spawned scorer = run("score", "--http-port", "0", at(), on()).start();
        Spawned trainer = run("train", "--http-port", "0", at(), on()).start()) {
      send("homes.events", lines("a", 2, EVENTS, false, 0));
      soon(() -> scores("a").size() == EVENTS, scorer);
      JsonNode score = scores("a").get(0);
      assertThat(score.path("fields").path("city").isTextual()).isTrue();
      assertThat(score.path("fields").path("rooms").isNumber()).isTrue();
      assertThat(score.path("embedding").size()).isEqualTo(8);
      assertThat(score.path("probabilities").isEmpty()).isTrue();
      assertThat(score.path("decision").asText())
          .isEqualTo(score.path("value").asDouble() >= 55_000 ? "dear" : "fair");
      double before = rmse(scores("a"), 2, 8_000);

      send("homes.labels", labels("a", 2, 8_000));
      String first = score.path("version").asText();
      int[] tries = {0};
      soon(
          () -> {
            String batch = "b" + tries[0]++ + "-";
            send("homes.events", lines(batch, 3, EVENTS, false, 0));
            soon(() -> scores(batch).size() == EVENTS, scorer);
            return scores(batch).stream()
                .noneMatch(one -> one.path("version").asText().equals(first));
          },
          trainer);
      double after = rmse(scores("b" + (tries[0] - 1) + "-"), 3, 8_000);
      // What stays is what a linear head over untrained layers can't tell: a third of the rise.
      assertThat(after).as("with the new version").isLessThan(before / 2);
      assertThat(run("model", "show", "production", at(), on()).succeed())
          .contains("labels    numbers", "level     dear at 55000.0", "holdout.r2")
          .contains("holdout.slice.city=Graz.rmse");
      assertThat(run("rollout", "status", at(), on()).succeed())
          .contains("RMSE", "against the champion's");
      assertThat(trainer.terminate()).as(trainer::said).isZero();
      assertThat(scorer.terminate()).as(scorer::said).isZero();
    }
    assertThat(Committed.records(broker.bootstrapServers(), "homes.dlq")).isEmpty();
  }

  private static void soon(Callable<Boolean> condition, Spawned part) {
    try {
      await().atMost(SOON).pollInterval(Duration.ofMillis(500)).until(condition);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(part.said(), e);
    }
  }

  private static double figure(String said, String name) {
    return said.lines()
        .map(String::trim)
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  private record Home(double rooms, double age, String city) {
    static List<Home> of(long seed, int count) {
      Random random = new Random(seed);
      List<Home> homes = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        homes.add(
            new Home(
                1 + random.nextInt(6),
                80 * random.nextDouble(),
                random.nextInt(3) == 0 ? "Wien" : "Graz"));
      }
      return homes;
    }

    double price(double rise) {
      return 40_000 + 5_000 * rooms - 100 * age + rise;
    }
  }

  private static List<String> lines(
      String batch, long seed, int count, boolean labelled, double rise) {
    List<String> lines = new ArrayList<>();
    for (Home one : Home.of(seed, count)) {
      String label = labelled ? String.format(Locale.ROOT, ",\"label\":%.1f", one.price(rise)) : "";
      lines.add(
          String.format(
              Locale.ROOT,
              "{\"id\":\"%s%d\",\"rooms\":%.0f,\"age\":%s,\"city\":\"%s\"%s}",
              batch,
              lines.size(),
              one.rooms(),
              one.age(),
              one.city(),
              label));
    }
    return lines;
  }

  private static List<String> labels(String batch, long seed, double rise) {
    List<String> labels = new ArrayList<>();
    for (Home one : Home.of(seed, EVENTS)) {
      labels.add(
          "{\"eventId\":\"%s%d\",\"value\":%s}".formatted(batch, labels.size(), one.price(rise)));
    }
    return labels;
  }

  private static double rmse(List<JsonNode> scores, long seed, double rise) {
    List<Home> homes = Home.of(seed, EVENTS);
    double sum = 0;
    for (JsonNode score : scores) {
      String id = score.path("eventId").asText();
      int place = Integer.parseInt(id.replaceAll("^(a|b\\d+-)", ""));
      double error = score.path("value").asDouble() - homes.get(place).price(rise);
      sum += error * error / scores.size();
    }
    return Math.sqrt(sum);
  }

  private List<JsonNode> scores(String batch) throws IOException {
    List<JsonNode> scores = new ArrayList<>();
    for (var each : Committed.records(broker.bootstrapServers(), "homes.scores")) {
      JsonNode score = JSON.readTree(new String(each.value(), UTF_8));
      if (score.path("eventId").asText().startsWith(batch)) {
        scores.add(score);
      }
    }
    return scores;
  }

  private void send(String topic, List<String> lines) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (String line : lines) {
        Future<RecordMetadata> unused =
            producer.send(new ProducerRecord<>(topic, line.getBytes(UTF_8)));
      }
    }
  }

  private String[] at() {
    return new String[] {"--pipeline", pipeline.toString()};
  }

  private String[] on() {
    return new String[] {"-b", broker.bootstrapServers()};
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
