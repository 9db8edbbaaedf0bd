package io.headwater.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.headwater.model.log.ModelLog;
import io.headwater.model.log.PublishedStage;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.log.StageWriter;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.ops.broker.EmbeddedBroker;
import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.PipelineTopics;
import io.headwater.schemas.topics.TopicAdmin;
import io.headwater.schemas.topics.TopicCatalogue;
import io.headwater.schemas.topics.TopicSpec;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A model log on a broker of its own, and what is read and written beside it. */
abstract class ModelLogOnBroker {
  private static final int CHUNK = TopicCatalogue.MAX_CHUNK_BYTES;
  static final Duration SOON = Duration.ofSeconds(30);
  static final Duration POLL = Duration.ofMillis(100);
  static final Clock CLOCK = Clock.fixed(ToyModel.THEN, ZoneOffset.UTC);
  private static final AtomicInteger PIPELINES = new AtomicInteger();

  @TempDir static Path data;
  private static EmbeddedBroker broker;
  static Map<String, Object> client;

  @TempDir Path folder;
  PipelineTopics topics;
  ModelPackage first;

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(data, 0);
    client = Map.of("bootstrap.servers", broker.bootstrapServers());
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void createTopics() {
    topics = new PipelineTopics(String.format(Locale.ROOT, "p%d", PIPELINES.incrementAndGet()));
    try (Admin admin = Admin.create(client)) {
      List<TopicSpec> wanted = TopicCatalogue.of(topics, 1, 1, 1 << 20);
      new TopicAdmin(admin).create(wanted);
      // A busy broker may take a moment to see what its controller made.
      await()
          .atMost(SOON)
          .ignoreExceptions()
          .untilAsserted(() -> new TopicAdmin(admin).verify(wanted));
    }
    first = ToyModel.version(topics.prefix(), 1, 3 * CHUNK + 17, CHUNK, 0, 5);
  }

  StageWriter writer(Stage stage) {
    return new StageWriter(topics, stage, client, TestSigning.BY_PROMOTER, CLOCK);
  }

  ModelLog log(String cache) {
    return new ModelLog(topics, client, folder.resolve(cache), TestSigning.TRUST);
  }

  StageWriter.Written publish(Stage stage, ModelPackage version) {
    try (StageWriter writer = writer(stage)) {
      return writer.publish(version, ToyModel.decision(version), Map.of(), ToyModel.THEN);
    }
  }

  static long size(ModelPackage version) {
    return version.manifest().getBlobs().stream().mapToLong(BlobRef::getBytes).sum();
  }

  static void assertWhole(ModelPackage version) {
    for (BlobRef blob : version.manifest().getBlobs()) {
      assertThat(Digest.of(version.blobs().get(blob.getDigest()))).isEqualTo(blob.getDigest());
    }
  }

  List<ConsumerRecord<byte[], byte[]>> committed(String topic) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("isolation.level", "read_committed");
    TopicPartition partition = new TopicPartition(topic, 0);
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        consumer.poll(POLL).forEach(records::add);
      }
    }
    return records;
  }

  /** Writes as one who is not the stage's writer could. */
  long write(String topic, byte[] key, byte[] value)
      throws ExecutionException, InterruptedException {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      return producer.send(new ProducerRecord<>(topic, 0, key, value)).get().offset();
    }
  }

  static List<String> names(PublishedStage stage) {
    return stage.live().stream().map(PublishedVersion::version).toList();
  }
}
