package io.headwater.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.headwater.model.log.StageWriter;
import io.headwater.model.onnx.TransferImport;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.sign.Signing;
import io.headwater.schemas.Activation;
import io.headwater.schemas.EventPointer;
import io.headwater.schemas.Example;
import io.headwater.schemas.GateOutcome;
import io.headwater.schemas.GivenScore;
import io.headwater.schemas.RolloutAction;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Stage;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.topics.TopicAdmin;
import io.headwater.schemas.topics.TopicCatalogue;
import io.headwater.trainer.FirstVersion;
import io.headwater.trainer.LabelledEvent;
import io.headwater.trainer.log.DecisionHistory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A pipeline with a first version, and examples that any training on them makes it better at. */
public final class Lessons {
  private static final RecordSerde<Example> EXAMPLES = RecordSerde.json(Example.class);
  private static final int WIDTH = 384;
  private static final Duration SOON = Duration.ofMinutes(1);

  private final Pipeline pipeline;
  private final Map<String, Object> client;
  private final ModelPackage champion;
  private final Random random = new Random(5);
  private int sent;

  private Lessons(Pipeline pipeline, Map<String, Object> client, ModelPackage champion) {
    this.pipeline = pipeline;
    this.client = client;
    this.champion = champion;
  }

  /** Makes the pipeline's topics and puts a first version into production. */
  public static Lessons begin(Pipeline pipeline, Map<String, Object> client, Signing signing) {
    try (Admin admin = Admin.create(client)) {
      new TopicAdmin(admin)
          .create(TopicCatalogue.of(pipeline.topics(), 2, 1, pipeline.event().maxBytes()));
    }
    List<LabelledEvent> events = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      events.add(event("the minutes of meeting " + i + " are attached", "ham"));
      events.add(event("buy cheap pills now, offer " + i + " ends today", "spam"));
    }
    ModelPackage champion =
        FirstVersion.train(
            pipeline,
            TransferImport.sentenceEncoder(
                pipeline, "minilm", resource(".onnx"), resource("-tokenizer.json"), 1),
            events,
            (done, of) -> {});
    RolloutDecision decision =
        RolloutDecision.newBuilder()
            .setPipeline(pipeline.name())
            .setVersion(champion.version())
            .setAction(RolloutAction.PROMOTE)
            .setOutcome(GateOutcome.PASS)
            .setReason("test")
            .setEvidence(List.of())
            .setExamplesSeen(0)
            .setDecidedAt(Instant.now())
            .setBy("test")
            .build();
    try (StageWriter writer =
        new StageWriter(pipeline.topics(), Stage.PRODUCTION, client, signing, Clock.systemUTC())) {
      writer.publish(champion, decision, Map.of(), Instant.now());
    }
    return new Lessons(pipeline, client, champion);
  }

  private static LabelledEvent event(String text, String label) {
    return new LabelledEvent(JsonNodeFactory.instance.objectNode().put("text", text), label);
  }

  private static byte[] resource(String suffix) {
    try (InputStream in =
        Objects.requireNonNull(Lessons.class.getResourceAsStream("/all-minilm-l6-v2-q" + suffix))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes examples whose scores were right. */
  public void send(int count) {
    send(count, i -> true);
  }

  /**
   * Writes examples.
   *
   * @param right whether the champion had been right on each, counted over all calls
   */
  public void send(int count, IntPredicate right) {
    write(
        pipeline.topics().examples(),
        count,
        // The order in which they are read is that of writing.
        1,
        () -> {
          String id = "e" + sent;
          return Map.entry(id, EXAMPLES.write(example(id, right.test(sent++))));
        });
  }

  /** Writes events of one number each. */
  public void events(int count, double from) {
    write(
        pipeline.topics().events(),
        count,
        2,
        () ->
            Map.entry(
                "v" + sent,
                "{\"id\":\"v%d\",\"text\":\"a\",\"amount\":%s}"
                    .formatted(sent++, from + random.nextDouble())
                    .getBytes(UTF_8)));
  }

  private void write(
      String topic, int count, int partitions, Supplier<Map.Entry<String, byte[]>> next) {
    List<Future<RecordMetadata>> written = new ArrayList<>();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < count; i++) {
        Map.Entry<String, byte[]> record = next.get();
        written.add(
            producer.send(
                new ProducerRecord<>(
                    topic, i % partitions, record.getKey().getBytes(UTF_8), record.getValue())));
      }
    }
    assertThat(written).allSatisfy(record -> assertThat(record).succeedsWithin(SOON));
  }

  private Example example(String id, boolean right) {
    boolean spam = random.nextBoolean();
    ByteBuffer activation = ByteBuffer.allocate(4 * WIDTH).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < WIDTH; i++) {
      activation.putFloat(
          (float) ((spam == (i % 2 == 0) ? 0.05 : -0.05) + random.nextGaussian() * 0.02));
    }
    Instant time = Instant.parse("2020-01-01T00:00:00Z").plusSeconds(sent);
    float spamProbability = spam == right ? 0.9f : 0.1f;
    return Example.newBuilder()
        .setEventId(id)
        .setEventTime(time)
        .setLabel(spam ? "spam" : "ham")
        .setLabeledAt(time)
        .setScores(
            List.of(
                GivenScore.newBuilder()
                    .setVersion(champion.version())
                    .setStage(Stage.PRODUCTION)
                    .setDecision(spam == right ? "spam" : "ham")
                    .setProbabilities(List.of(1 - spamProbability, spamProbability))
                    .setScoredAt(time)
                    .build()))
        .setActivation(
            new Activation(Segments.prefixDigest(champion.manifest()), activation.flip()))
        .setEvent(new EventPointer(pipeline.topics().events(), 0, 0L))
        .build();
  }

  /** Every decision so far. */
  public List<RolloutDecision> decisions() {
    return DecisionHistory.read(pipeline.topics(), client).decisions();
  }
}
