package io.headwater.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.ops.broker.EmbeddedBroker;
import io.headwater.ops.train.FirstRelease;
import io.headwater.schemas.Example;
import io.headwater.schemas.Score;
import io.headwater.schemas.Stage;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.topics.TopicAdmin;
import io.headwater.schemas.topics.TopicCatalogue;
import io.headwater.stream.ScorerApp;
import io.headwater.stream.ScorerOptions;
import io.headwater.trainer.FirstVersion;
import io.headwater.trainer.LabelledEvent;
import io.headwater.trainer.TrainerApp;
import io.headwater.trainer.TrainerOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole loop in one piece: score, join, train, publish, swap, with a scorer that restarts. */
class LoopIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int ROUND = 60;
  private static final int ROUNDS = 3;
  private static final List<String> HAM =
      List.of(
          "the minutes of meeting %d are attached",
          "your pharmacy has the pills %d ready, buy them when you like",
          "the offer %d of our supplier ends today, shall we buy?");
  private static final List<String> SPAM =
      List.of(
          "buy cheap pills now, offer %d ends today",
          "meeting %d was moved, the attached form needs your password",
          "attached are minutes %d of your account, pay a fee to read them");

  @TempDir private Path folder;
  private EmbeddedBroker broker;
  private Map<String, Object> client;
  private Pipeline pipeline;
  private KafkaProducer<String, String> producer;
  private final List<Future<RecordMetadata>> sent = new ArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeEach
  void start() {
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
    client = Map.of("bootstrap.servers", broker.bootstrapServers());
    pipeline =
        PipelineFile.parse(
            "mail.yaml",
            """
            pipeline: mail
            partitions: 2
            event: { id: id }
            model: { pretrained: all-minilm-l6-v2-q }
            features:
              text: { type: text, fields: [text], maxTokens: 32 }
            labels: [ham, spam]
            training: { trigger: %d, window: 200, balanced: 50, holdout: 20 }
            """
                .formatted(ROUND));
    try (Admin admin = Admin.create(client)) {
      assertThat(
              new TopicAdmin(admin)
                  .create(TopicCatalogue.of(pipeline.topics(), 2, 1, pipeline.event().maxBytes())))
          .isNotEmpty();
    }
    producer = new KafkaProducer<>(client, new StringSerializer(), new StringSerializer());
  }

  @AfterEach
  void stop() throws Exception {
    producer.close();
    for (AutoCloseable part : open) {
      part.close();
    }
    broker.close();
  }

  @Test
  void loop_withAScorerThatRestarts_learnsAndLosesAndDoublesNothing() {
    ModelPackage first = clueless();
    assertThat(
            new FirstRelease(pipeline, Clock.systemUTC())
                .publish(first, Stage.PRODUCTION, client, TestSigning.BY_PROMOTER)
                .bytes())
        .isPositive();
    ScorerApp scorer = scorer();
    trainer();
    String version = first.version();
    for (int round = 0; round < ROUNDS; round++) {
      feed(round * ROUND, (round + 1) * ROUND);
      if (round == 1) {
        scorer.close();
        scorer = scorer();
      }
      version = awaitOtherThan(version, scorer);
    }
    int before = ROUNDS * ROUND;
    int events = before + ROUND;
    feed(before, events);
    await().atMost(SOON).until(() -> examples().size() >= events);

    List<Score> scores = scores();
    assertThat(scores)
        .extracting(Score::getEventId)
        .containsExactlyInAnyOrderElementsOf(ids(events));
    assertThat(examples()).containsExactlyInAnyOrderElementsOf(ids(events));
    assertThat(new HashSet<>(scores.stream().map(Score::getVersion).toList()))
        .hasSizeGreaterThan(ROUNDS);
    assertThat(Committed.records(broker.bootstrapServers(), pipeline.topics().deadLetters()))
        .isEmpty();
    assertThat(right(scores, 0, ROUND)).isLessThan(right(scores, before, events));
    assertThat(right(scores, before, events)).isGreaterThan(ROUND * 9 / 10);
    assertThat(sent).allSatisfy(record -> assertThat(record).succeedsWithin(SOON));
  }

  /** A first version whose labels had nothing to do with its texts. */
  private ModelPackage clueless() {
    List<LabelledEvent> events = new ArrayList<>();
    for (int i = 0; i < 80; i++) {
      events.add(
          new LabelledEvent(
              JsonNodeFactory.instance.objectNode().put("text", text(i)),
              i / 2 % 2 == 0 ? "ham" : "spam"));
    }
    return FirstVersion.train(pipeline, MiniLm.untrained(pipeline), events, (done, of) -> {});
  }

  private ScorerApp scorer() {
    ScorerApp scorer =
        new ScorerApp(
            pipeline,
            client,
            ScorerOptions.defaults(folder.resolve("scorer")),
            TestSigning.TRUST,
            new SimpleMeterRegistry());
    open.add(scorer);
    scorer.start();
    return scorer;
  }

  private void trainer() {
    TrainerApp trainer =
        new TrainerApp(
            pipeline,
            client,
            TrainerOptions.defaults(folder.resolve("trainer")),
            TestSigning.BY_PROMOTER,
            new SimpleMeterRegistry(),
            Clock.systemUTC());
    open.add(trainer);
    trainer.start();
  }

  private static String awaitOtherThan(String version, ScorerApp scorer) {
    return await()
        .atMost(SOON)
        .until(
            () -> String.valueOf(scorer.status().version()),
            now -> !now.equals("null") && !now.equals(version));
  }

  /** Events, each followed by its label. */
  private void feed(int from, int to) {
    for (int i = from; i < to; i++) {
      String id = "e" + i;
      send(
          pipeline.topics().events(), id, "{\"id\":\"%s\",\"text\":\"%s\"}".formatted(id, text(i)));
      send(
          pipeline.topics().labels(),
          id,
          "{\"eventId\":\"%s\",\"label\":\"%s\"}".formatted(id, label(i)));
    }
    producer.flush();
  }

  private void send(String topic, String key, String json) {
    sent.add(producer.send(new ProducerRecord<>(topic, key, json)));
  }

  /** Each round speaks otherwise, so that there is something to learn; what follows, as all. */
  private static String text(int i) {
    int round = i < ROUNDS * ROUND ? i / ROUND : i / 2 % ROUNDS;
    return (label(i).equals("ham") ? HAM : SPAM).get(round).formatted(i);
  }

  private static String label(int i) {
    return i % 2 == 0 ? "ham" : "spam";
  }

  private static List<String> ids(int events) {
    return IntStream.range(0, events).mapToObj(i -> "e" + i).toList();
  }

  private List<Score> scores() {
    RecordSerde<Score> serde = RecordSerde.json(Score.class);
    return Committed.records(broker.bootstrapServers(), pipeline.topics().scores()).stream()
        .map(record -> serde.read(record.value()))
        .toList();
  }

  private List<String> examples() {
    RecordSerde<Example> serde = RecordSerde.json(Example.class);
    return Committed.records(broker.bootstrapServers(), pipeline.topics().examples()).stream()
        .map(record -> serde.read(record.value()).getEventId())
        .toList();
  }

  private static long right(List<Score> scores, int from, int to) {
    return scores.stream()
        .filter(
            score -> {
              int i = Integer.parseInt(score.getEventId().substring(1));
              return i >= from && i < to && score.getDecision().equals(label(i));
            })
        .count();
  }
}
