package io.headwater.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.headwater.model.log.StageSignature;
import io.headwater.model.pack.Manifests;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.sign.Purpose;
import io.headwater.model.sign.Signer;
import io.headwater.schemas.BlobHint;
import io.headwater.schemas.BlobRef;
import io.headwater.schemas.LiveVersion;
import io.headwater.schemas.PublishedManifest;
import io.headwater.schemas.Stage;
import io.headwater.schemas.StageRecord;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.topics.PipelineTopics;
import io.headwater.schemas.topics.TopicAdmin;
import io.headwater.schemas.topics.TopicCatalogue;
import io.headwater.schemas.topics.TopicSpec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A model log that is written record by record, as one could who holds a trusted key. */
record RawLog(PipelineTopics topics, Map<String, Object> client) {
  private static final RecordSerde<StageRecord> STAGE_RECORDS = RecordSerde.json(StageRecord.class);
  private static final Signer SIGNER = TestSigning.BY_PROMOTER.signer();

  /** A record's key and value. */
  record Entry(byte[] key, byte[] value) {}

  /** Makes the pipeline's topics and waits until they are in sight. */
  RawLog create() {
    try (Admin admin = Admin.create(client)) {
      List<TopicSpec> wanted = TopicCatalogue.of(topics, 1, 1, 1 << 20);
      new TopicAdmin(admin).create(wanted);
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions()
          .untilAsserted(() -> new TopicAdmin(admin).verify(wanted));
    }
    return this;
  }

  /** The records of a blob, in order. */
  static List<Entry> chunks(String digest, byte[] blob) {
    List<Entry> chunks = new ArrayList<>();
    int size = TopicCatalogue.MAX_CHUNK_BYTES;
    for (int from = 0; from < blob.length; from += size) {
      byte[] chunk = Arrays.copyOfRange(blob, from, Math.min(blob.length, from + size));
      chunks.add(new Entry(key(digest, from / size), chunk));
    }
    return chunks;
  }

  static byte[] key(String digest, int index) {
    return String.format(Locale.ROOT, "%s/%05d", digest, index).getBytes(UTF_8);
  }

  /** The records of all blobs of a version but one. */
  static List<Entry> blobsBeside(ModelPackage version, String digest) {
    List<Entry> entries = new ArrayList<>();
    for (BlobRef blob : version.manifest().getBlobs()) {
      if (!blob.getDigest().equals(digest)) {
        entries.addAll(chunks(blob.getDigest(), version.blobs().get(blob.getDigest())));
      }
    }
    return entries;
  }

  /** Their offsets, in order. */
  List<Long> write(String topic, List<Entry> entries) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    Map<String, Object> settings = new HashMap<>(client);
    // A topic that was just made may refuse the first of several requests and take the second.
    settings.put("max.in.flight.requests.per.connection", 1);
    settings.put("batch.size", 1 << 20);
    settings.put("max.request.size", 2 * TopicCatalogue.MAX_STAGE_RECORD_BYTES);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (Entry entry : entries) {
        sent.add(producer.send(new ProducerRecord<>(topic, 0, entry.key(), entry.value())));
      }
    }
    return sent.stream().map(RawLog::offset).toList();
  }

  private static long offset(Future<RecordMetadata> sent) {
    try {
      return sent.get().offset();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  /** The version's manifest, signed, with hints where its blobs are. */
  static PublishedManifest published(ModelPackage version, List<BlobHint> hints) {
    byte[] manifest = Manifests.canonicalBytes(version.manifest());
    return new PublishedManifest(
        ByteBuffer.wrap(manifest),
        SIGNER.key().id(),
        ByteBuffer.wrap(SIGNER.sign(Purpose.MANIFEST, manifest)),
        ToyModel.THEN,
        hints);
  }

  /** A signed record of production that names the version. */
  Entry stageRecord(String version, PublishedManifest published, long epoch, long readTo) {
    StageRecord record =
        StageRecord.newBuilder()
            .setPipeline(topics.prefix())
            .setStage(Stage.PRODUCTION)
            .setEpoch(epoch)
            .setLive(List.of(new LiveVersion(version, 1.0, "", ToyModel.THEN)))
            .setManifests(List.of(published))
            .setReadTo(readTo)
            .setWrittenAt(ToyModel.THEN)
            .setReason("test")
            .build();
    return new Entry(
        topics.prefix().getBytes(UTF_8), STAGE_RECORDS.write(StageSignature.sign(record, SIGNER)));
  }

  void stage(ModelPackage version, List<BlobHint> hints) {
    write(
        topics.stage(Stage.PRODUCTION),
        List.of(stageRecord(version.version(), published(version, hints), 1, 0)));
  }
}
