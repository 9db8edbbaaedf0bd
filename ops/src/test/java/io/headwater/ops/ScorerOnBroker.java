package io.headwater.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.onnx.TransferImport;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.ops.broker.EmbeddedBroker;
import io.headwater.ops.registry.ByHand;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Score;
import io.headwater.schemas.Stage;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.topics.TopicAdmin;
import io.headwater.schemas.topics.TopicCatalogue;
import io.headwater.stream.ScorerApp;
import io.headwater.stream.ScorerOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Scorers on a broker of their own, and what tests send and read beside them. */
abstract class ScorerOnBroker {
  static final Duration SOON = Duration.ofSeconds(90);
  private static final String MINILM = "/all-minilm-l6-v2-q";
  static final int MIB = 1 << 20;

  @TempDir static Path folder;
  private static EmbeddedBroker broker;
  static Map<String, Object> client;

  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<ScorerApp> scorers = new ArrayList<>();
  final List<Future<RecordMetadata>> sent = new ArrayList<>();

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
    client = Map.of("bootstrap.servers", broker.bootstrapServers());
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @AfterEach
  void closeScorers() {
    assertThat(sent).allSatisfy(record -> assertThat(record).succeedsWithin(SOON));
    scorers.forEach(ScorerApp::close);
  }

  static Pipeline pipeline(String name) {
    return pipeline(name, "");
  }

  static Pipeline pipeline(String name, String more) {
    Pipeline pipeline =
        PipelineFile.parse(
            name + ".yaml",
            """
            pipeline: %s
            partitions: 2
            event: { id: id, time: time }
            model: { pretrained: all-minilm-l6-v2-q }
            features:
              text: { type: text, fields: [text], maxTokens: 32 }
            labels: [ham, spam]
            %s
            """
                .formatted(name, more));
    int maxBytes = pipeline.event().maxBytes();
    try (Admin admin = Admin.create(client)) {
      TopicAdmin topics = new TopicAdmin(admin);
      topics.create(TopicCatalogue.of(pipeline.topics(), 2, 1, maxBytes));
      if (pipeline.windows() != null) {
        topics.create(List.of(TopicCatalogue.enriched(pipeline.topics(), 2, 1, maxBytes)));
      }
    }
    return pipeline;
  }

  static ModelPackage version(Pipeline pipeline) {
    ModelPackage untrained =
        TransferImport.sentenceEncoder(
            pipeline, "minilm", resource(".onnx"), resource("-tokenizer.json"), 1);
    return untrained.withHeadWeights(
        Map.of("head.output.bias", new float[] {0.5f, 0}), lineage(), null, List.of());
  }

  private static byte[] resource(String suffix) {
    try (InputStream in =
        Objects.requireNonNull(ScorerOnBroker.class.getResourceAsStream(MINILM + suffix))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Lineage lineage() {
    return Lineage.newBuilder()
        .setRanges(List.of())
        .setExampleCount(0)
        .setSeed(1)
        .setSettings(List.of())
        .setRuntime(List.of())
        .setFreeze("head")
        .setFreezeReason("test")
        .build();
  }

  static void publish(Pipeline pipeline, ModelPackage version) {
    new ByHand(pipeline, client, TestSigning.BY_PROMOTER, Clock.systemUTC())
        .publish(version, Stage.PRODUCTION, "test", false);
  }

  ScorerApp start(Pipeline pipeline) {
    return start(pipeline, folder.resolve(pipeline.name()));
  }

  ScorerApp start(Pipeline pipeline, Path state) {
    ScorerApp scorer =
        new ScorerApp(pipeline, client, ScorerOptions.defaults(state), TestSigning.TRUST, registry);
    scorers.add(scorer);
    scorer.start();
    return scorer;
  }

  static byte[] event(String text, String time) {
    String id = text.length() > 100 ? "large" : text;
    return "{\"id\":\"%s\",\"time\":%s,\"text\":\"%s\"}".formatted(id, time, text).getBytes(UTF_8);
  }

  static KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", broker.bootstrapServers(), "max.request.size", 8 * MIB),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  void send(KafkaProducer<byte[], byte[]> producer, Pipeline pipeline, String key, byte[] value) {
    sent.add(producer.send(record(pipeline, key, value)));
  }

  static ProducerRecord<byte[], byte[]> record(Pipeline pipeline, String key, byte[] value) {
    return new ProducerRecord<>(pipeline.topics().events(), key.getBytes(UTF_8), value);
  }

  static List<String> ids(Pipeline pipeline) {
    RecordSerde<Score> scores = RecordSerde.json(Score.class);
    return read(pipeline.topics().scores()).stream()
        .map(record -> scores.read(record.value()).getEventId())
        .toList();
  }

  static List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    return CommittedRecords.of(topic, broker.bootstrapServers());
  }
}
