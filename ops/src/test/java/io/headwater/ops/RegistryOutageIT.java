package io.headwater.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.ops.broker.EmbeddedBroker;
import io.headwater.ops.train.FirstRelease;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.TopicAdmin;
import io.headwater.schemas.topics.TopicCatalogue;
import io.headwater.stream.ScorerApp;
import io.headwater.stream.ScorerOptions;
import io.headwater.stream.ScorerStatus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Avro events while their schema registry is away. */
class RegistryOutageIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int EVENTS = 40;
  private static final int EVENT_SCHEMA = 7;
  private static final Schema EVENT =
      SchemaBuilder.record("Mail").fields().requiredString("id").requiredString("text").endRecord();

  @TempDir private Path folder;
  private volatile boolean away = true;

  @Test
  void events_whileTheRegistryIsAway_waitVisiblyAndAreScoredAfterwards() throws IOException {
    HttpServer registry =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext("/", this::answer);
    registry.start();
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"), 0)) {
      Map<String, Object> client = Map.of("bootstrap.servers", broker.bootstrapServers());
      Pipeline pipeline = pipeline(registry.getAddress().getPort());
      prepare(pipeline, client);
      try (ScorerApp scorer =
          new ScorerApp(
              pipeline,
              client,
              ScorerOptions.defaults(folder.resolve("scorer")),
              TestSigning.TRUST,
              new SimpleMeterRegistry())) {
        scorer.start();
        await()
            .atMost(SOON)
            .until(() -> scorer.status().detail(), said -> said.contains("schema registry"));
        assertThat(scorer.status().state()).isEqualTo(ScorerStatus.State.STARTING);
        assertThat(keys(broker, pipeline.topics().deadLetters())).isEmpty();

        away = false;
        await().atMost(SOON).until(() -> keys(broker, pipeline.topics().scores()).size() >= EVENTS);
        assertThat(keys(broker, pipeline.topics().scores()))
            .containsExactlyInAnyOrderElementsOf(
                IntStream.range(0, EVENTS).mapToObj(i -> "e" + i).toList());
        assertThat(keys(broker, pipeline.topics().deadLetters())).isEmpty();
        await().atMost(SOON).until(() -> scorer.status().state() == ScorerStatus.State.RUNNING);
      }
    } finally {
      registry.stop(0);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String body =
        path.equals("/schemas/ids/" + EVENT_SCHEMA)
            ? "{\"schema\":\"" + EVENT.toString().replace("\"", "\\\"") + "\"}"
            : "{\"id\":8}";
    exchange.getRequestBody().readAllBytes();
    exchange.sendResponseHeaders(away ? 503 : 200, body.length());
    exchange.getResponseBody().write(body.getBytes(UTF_8));
    exchange.close();
  }

  private static Pipeline pipeline(int registryPort) {
    return PipelineFile.parse(
        "mail.yaml",
        """
        pipeline: mail
        partitions: 2
        format: avro
        registry: http://127.0.0.1:%d
        event: { id: id }
        model: { pretrained: all-minilm-l6-v2-q }
        features:
          text: { type: text, fields: [text], maxTokens: 32 }
        labels: [ham, spam]
        """
            .formatted(registryPort));
  }

  private static void prepare(Pipeline pipeline, Map<String, Object> client) throws IOException {
    try (Admin admin = Admin.create(client)) {
      assertThat(
              new TopicAdmin(admin)
                  .create(TopicCatalogue.of(pipeline.topics(), 2, 1, pipeline.event().maxBytes())))
          .isNotEmpty();
    }
    ModelPackage version =
        MiniLm.untrained(pipeline)
            .withHeadWeights(
                Map.of("head.output.bias", new float[] {0.5f, 0}), lineage(), null, List.of());
    assertThat(
            new FirstRelease(pipeline, Clock.systemUTC())
                .publish(version, Stage.PRODUCTION, client, TestSigning.BY_PROMOTER)
                .bytes())
        .isPositive();
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < EVENTS; i++) {
        sent.add(
            producer.send(
                new ProducerRecord<>(
                    pipeline.topics().events(), ("e" + i).getBytes(UTF_8), event("e" + i))));
      }
    }
    assertThat(sent).allSatisfy(record -> assertThat(record).succeedsWithin(SOON));
  }

  private static Lineage lineage() {
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

  private static byte[] event(String id) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(EVENT_SCHEMA).array());
    GenericData.Record event = new GenericData.Record(EVENT);
    event.put("id", id);
    event.put("text", "the minutes of the meeting");
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    new GenericDatumWriter<>(EVENT).write(event, encoder);
    encoder.flush();
    return out.toByteArray();
  }

  private static List<String> keys(EmbeddedBroker broker, String topic) {
    return Committed.records(broker.bootstrapServers(), topic).stream()
        .map(record -> new String(record.key(), UTF_8))
        .toList();
  }
}
