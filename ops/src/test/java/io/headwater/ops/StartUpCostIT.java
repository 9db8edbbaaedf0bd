package io.headwater.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.log.ModelLog;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.log.StageWriter;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.ops.RawLog.Entry;
import io.headwater.ops.broker.EmbeddedBroker;
import io.headwater.schemas.BlobRef;
import io.headwater.schemas.PublishedManifest;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.PipelineTopics;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What it takes to load the current version where few, and where many, were before it. */
class StartUpCostIT {
  private static final Logger LOG = LoggerFactory.getLogger(StartUpCostIT.class);
  private static final int SMALL_CHUNK = 1_000;

  /** A poll's worth of records that come along with those that are wanted. */
  private static final int ALONG = 500;

  @TempDir Path folder;

  /**
   * What a fresh client read.
   *
   * @param bytes of all topics
   */
  private record Cost(long stageRecords, long chunks, long bytes, long millis) {}

  @Test
  void follow_aFreshClient_readsNoMoreWhereThousandsOfVersionsWereBefore() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"), 0)) {
      Map<String, Object> client = Map.of("bootstrap.servers", broker.bootstrapServers());
      Cost few = cost(new RawLog(new PipelineTopics("few"), client), 10, 50);
      Cost many = cost(new RawLog(new PipelineTopics("many"), client), 2_000, 10_000);
      LOG.warn("10 stage records: {}; 2,000: {}", few, many);

      assertThat(few.stageRecords()).isPositive();
      assertThat(many.stageRecords()).isLessThanOrEqualTo(few.stageRecords());
      assertThat(many.chunks()).isLessThanOrEqualTo(few.chunks() + ALONG);
      assertThat(many.bytes()).isLessThanOrEqualTo(few.bytes() + ALONG * 2L * SMALL_CHUNK);
    }
  }

  /** The current version's backbone lies before all that is old, its head and record behind it. */
  private Cost cost(RawLog log, int stageRecords, int oldChunks) throws Exception {
    log.create();
    PipelineTopics topics = log.topics();
    ModelPackage first = ToyModel.version(topics.prefix(), 1, 20_000, 30_000);
    PublishedManifest published = publish(log, first).version().published();
    List<Entry> old = new ArrayList<>();
    for (int i = 0; i < oldChunks; i++) {
      byte[] blob = ByteBuffer.allocate(SMALL_CHUNK).putInt(i).array();
      old.addAll(RawLog.chunks(Digest.of(blob), blob));
    }
    log.write(topics.blobs(), old);
    List<Entry> past = new ArrayList<>();
    // The first record and its transaction's marker stand at 0 and 1.
    for (int i = 0; i < stageRecords - 2; i++) {
      past.add(log.stageRecord(first.version(), published, 2 + i, 2 + i));
    }
    log.write(topics.stage(Stage.PRODUCTION), past);
    ModelPackage current = ToyModel.child(first, 2);
    StageWriter.Written written = publish(log, current);
    assertThat(written.epoch()).isEqualTo(stageRecords);
    assertThat(written.bytes()).isLessThan(10_000);

    Cost unused = load(log, current, "first");
    return load(log, current, "second");
  }

  private Cost load(RawLog log, ModelPackage current, String cache) throws Exception {
    PipelineTopics topics = log.topics();
    String stage = topics.stage(Stage.PRODUCTION);
    long stageRecords = ReadCounter.records(stage);
    long chunks = ReadCounter.records(topics.blobs());
    long bytes = ReadCounter.bytes(stage) + ReadCounter.bytes(topics.blobs());
    BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
    long started = System.nanoTime();
    long millis;
    try (ModelLog reader =
        new ModelLog(
            topics,
            ReadCounter.counting(log.client()),
            folder.resolve(topics.prefix() + cache),
            TestSigning.TRUST)) {
      reader.follow(
          Stage.PRODUCTION,
          Duration.ofMillis(100),
          record -> {
            PublishedVersion version = record.live().get(0);
            for (BlobRef blob : version.model().manifest().getBlobs()) {
              byte[] read = version.model().blobs().get(blob.getDigest());
              assertThat(read).hasSize((int) blob.getBytes());
            }
            heard.add(version.version());
          },
          heard::add);
      assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo(current.version());
      millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
    }
    return new Cost(
        ReadCounter.records(stage) - stageRecords,
        ReadCounter.records(topics.blobs()) - chunks,
        ReadCounter.bytes(stage) + ReadCounter.bytes(topics.blobs()) - bytes,
        millis);
  }

  private static StageWriter.Written publish(RawLog log, ModelPackage version) {
    try (StageWriter writer =
        new StageWriter(
            log.topics(),
            Stage.PRODUCTION,
            log.client(),
            TestSigning.BY_PROMOTER,
            Clock.systemUTC())) {
      return writer.publish(version, ToyModel.decision(version), Map.of(), ToyModel.THEN);
    }
  }
}
