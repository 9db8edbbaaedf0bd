package io.headwater.ops;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.sun.management.ThreadMXBean;
import io.headwater.model.log.ModelLog;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.MissingBlobException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.ops.RawLog.Entry;
import io.headwater.ops.broker.EmbeddedBroker;
import io.headwater.schemas.BlobHint;
import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.PipelineTopics;
import io.headwater.schemas.topics.TopicCatalogue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ChunkFaultIT {
  private static final int CHUNK = TopicCatalogue.MAX_CHUNK_BYTES;
  private static final int BLOB = 2 * CHUNK + 17;
  private static final long MOST_ALLOCATED = 48L << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final AtomicInteger PIPELINES = new AtomicInteger();

  @TempDir static Path data;
  private static EmbeddedBroker broker;
  private static Map<String, Object> client;

  @TempDir Path folder;
  private RawLog raw;
  private ModelPackage version;
  private String digest;
  private volatile long allocated;

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
    raw = new RawLog(new PipelineTopics("faults" + PIPELINES.incrementAndGet()), client).create();
    version = ToyModel.version(raw.topics().prefix(), 1, BLOB);
    digest = version.manifest().getSegments().get(0).getWeights().get(0).getDigest();
  }

  /** What became of a blob's three chunks. */
  private interface Fault extends UnaryOperator<List<Entry>> {}

  private static Arguments fault(String name, Fault fault, String... said) {
    return arguments(name, fault, List.of(said));
  }

  static Stream<Arguments> harmless() {
    return Stream.of(
        fault("as published", chunks -> chunks),
        fault("duplicated", chunks -> join(chunks, chunks, chunks)),
        fault("reordered", chunks -> List.of(chunks.get(2), chunks.get(0), chunks.get(1))),
        fault(
            "bit flipped and mended",
            chunks -> join(List.of(flipped(chunks.get(0))), chunks.subList(1, 3), chunks)),
        fault(
            "bit flipped and that chunk alone mended",
            chunks -> List.of(chunks.get(2), flipped(chunks.get(0)), chunks.get(1), chunks.get(0))),
        fault(
            "more than declared",
            chunks -> join(beyond(chunks.get(0), 500), chunks, beyond(chunks.get(0), 500))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("harmless")
  void get_chunksWithAFaultThatLeavesTheBlobWhole_answersIt(
      String name, Fault fault, List<String> said) throws IOException {
    List<Entry> written = written(fault);
    List<Long> offsets = raw.write(raw.topics().blobs(), written);
    raw.stage(version, hints(offsets));

    assertThat(Digest.of(fetched())).isEqualTo(digest);

    assertBounded(written);
  }

  static Stream<Arguments> harmful() {
    return Stream.of(
        fault("none", chunks -> List.of(), "0 of 3 chunks found", "chunk 0 is missing"),
        fault(
            "missing",
            chunks -> List.of(chunks.get(0), chunks.get(2)),
            "2 of 3 chunks found",
            "chunk 1 is missing"),
        fault(
            "bit flipped",
            chunks -> List.of(chunks.get(0), flipped(chunks.get(1)), chunks.get(2)),
            "3 of 3 chunks found",
            "another digest: one of them was changed"),
        fault(
            "bytes of another version under the right key",
            chunks -> List.of(chunks.get(0), foreign(chunks.get(1), CHUNK), chunks.get(2)),
            "3 of 3 chunks found",
            "another digest: one of them was changed"),
        fault(
            "shorter bytes of another version under the right key",
            chunks -> List.of(chunks.get(0), foreign(chunks.get(1), CHUNK - 1), chunks.get(2)),
            "chunk 1 is missing",
            "refused for a wrong length"),
        fault(
            "larger bytes than a chunk's",
            chunks -> List.of(chunks.get(0), foreign(chunks.get(1), 2 * CHUNK), chunks.get(2)),
            "chunk 1 is missing",
            "refused for a wrong length"),
        fault(
            "two chunks in each other's place",
            chunks ->
                List.of(
                    new Entry(chunks.get(0).key(), chunks.get(1).value()),
                    new Entry(chunks.get(1).key(), chunks.get(0).value()),
                    chunks.get(2)),
            "another digest"),
        fault(
            "more than declared, and one missing",
            chunks -> join(chunks.subList(0, 2), beyond(chunks.get(0), 1_000)),
            "chunk 2 is missing",
            "refused as beyond its end"),
        fault(
            "the last one again and again",
            chunks ->
                join(
                    List.of(flipped(chunks.get(0)), chunks.get(1)),
                    Collections.nCopies(2_000, chunks.get(2))),
            "another digest"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("harmful")
  void get_chunksWithAFault_isRefusedNamingIt(String name, Fault fault, List<String> said)
      throws IOException {
    List<Entry> written = written(fault);
    List<Long> offsets = raw.write(raw.topics().blobs(), written);
    raw.stage(version, hints(offsets));

    assertThatThrownBy(this::fetched)
        .isInstanceOf(MissingBlobException.class)
        .hasMessageContaining(digest)
        .hasMessageContainingAll(said.toArray(String[]::new))
        .hasMessageContaining("headwater model publish --whole");

    assertBounded(written);
    assertThat(folder.resolve("cache").resolve(digest)).doesNotExist();
  }

  @Test
  void get_chunksThatNeverEnd_endsWithWhatWasThereAtTheStart() throws Exception {
    List<Entry> written = written(chunks -> chunks.subList(0, 2));
    raw.write(raw.topics().blobs(), written);
    raw.stage(version, List.of());
    AtomicBoolean enough = new AtomicBoolean();
    AtomicInteger sent = new AtomicInteger();
    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(() -> writeWithoutEnd(enough, sent));
    try {
      while (sent.get() < 1_000 && !writing.isDone()) {
        Thread.onSpinWait();
      }
      CompletableFuture<byte[]> fetching = CompletableFuture.supplyAsync(this::fetched);
      assertThatThrownBy(() -> fetching.get(20, TimeUnit.SECONDS))
          .hasRootCauseInstanceOf(MissingBlobException.class)
          .hasMessageContaining("chunk 2 is missing")
          .hasMessageContaining("refused as beyond its end");
      assertThat(writing).isNotDone();
    } finally {
      enough.set(true);
    }
    writing.get(20, TimeUnit.SECONDS);
    assertThat(inCache()).isLessThanOrEqualTo(size(version.manifest()));
  }

  @Test
  void get_hugeBlobIsDeclared_takesNoMoreMemoryThanWhatIsThere() throws IOException {
    long declared = 1L << 30;
    Manifest manifest = Manifest.newBuilder(version.manifest()).build();
    for (BlobRef blob : manifest.getBlobs()) {
      if (blob.getDigest().equals(digest)) {
        blob.setBytes(declared);
      }
    }
    List<Entry> written =
        written(
            chunks ->
                List.of(
                    chunks.get(0),
                    chunks.get(1),
                    new Entry(RawLog.key(digest, 2_047), chunks.get(0).value())));
    raw.write(raw.topics().blobs(), written);
    raw.stage(new ModelPackage(manifest, version.blobs()), List.of());

    assertThatThrownBy(this::fetched)
        .isInstanceOf(MissingBlobException.class)
        .hasMessageContaining("(%d bytes): 3 of 2048 chunks found", declared)
        .hasMessageContaining("chunk 2 is missing");

    assertBounded(written);
  }

  @Test
  void get_moreIsDeclaredThanTheDiskHas_isRefusedUnread() {
    Manifest manifest = Manifest.newBuilder(version.manifest()).build();
    List<BlobRef> blobs = new ArrayList<>(manifest.getBlobs());
    for (int i = 0; i < 10_000; i++) {
      blobs.add(new BlobRef(Digest.of(new byte[] {(byte) i, (byte) (i >> 8)}), 2L << 30));
    }
    blobs.sort((a, b) -> a.getDigest().compareTo(b.getDigest()));
    manifest.setBlobs(blobs);
    raw.write(raw.topics().blobs(), written(chunks -> chunks));
    raw.stage(new ModelPackage(manifest, version.blobs()), List.of());

    assertThatThrownBy(this::fetched)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("free some, or name another");

    assertThat(ReadCounter.records(raw.topics().blobs())).isZero();
  }

  /** The blob topic: the version's other blobs, and the faulty one between them. */
  private List<Entry> written(Fault fault) {
    return join(
        fault.apply(RawLog.chunks(digest, version.blobs().get(digest))),
        RawLog.blobsBeside(version, digest));
  }

  /** Hints at three of the records, as where the fault came after publishing. */
  private List<BlobHint> hints(List<Long> offsets) {
    return List.of(new BlobHint(digest, 0, offsets.subList(0, 3)));
  }

  private byte[] fetched() {
    long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    try (ModelLog log =
        new ModelLog(
            raw.topics(),
            ReadCounter.counting(client),
            folder.resolve("cache"),
            TestSigning.TRUST)) {
      return log.latest(Stage.PRODUCTION).orElseThrow().model().blobs().get(digest);
    } finally {
      allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    }
  }

  /** That it read the topic twice at most, and kept no more than was declared. */
  private void assertBounded(List<Entry> written) throws IOException {
    long bytes =
        written.stream().mapToLong(entry -> entry.key().length + entry.value().length).sum();
    String topic = raw.topics().blobs();
    assertThat(ReadCounter.records(topic)).isBetween(1L, 2L * written.size());
    assertThat(ReadCounter.bytes(topic)).isLessThanOrEqualTo(2 * bytes);
    assertThat(allocated).isLessThan(MOST_ALLOCATED);
    assertThat(inCache()).isLessThanOrEqualTo(size(version.manifest()));
  }

  private long inCache() throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  private static long size(Manifest manifest) {
    return manifest.getBlobs().stream().mapToLong(BlobRef::getBytes).sum();
  }

  private void writeWithoutEnd(AtomicBoolean enough, AtomicInteger sent) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      while (!enough.get()) {
        byte[] key = RawLog.key(digest, 3 + sent.incrementAndGet() % 90_000);
        var unused =
            producer.send(new ProducerRecord<>(raw.topics().blobs(), 0, key, new byte[10]));
      }
    }
  }

  @SafeVarargs
  private static List<Entry> join(List<Entry>... parts) {
    List<Entry> joined = new ArrayList<>();
    for (List<Entry> part : parts) {
      joined.addAll(part);
    }
    return joined;
  }

  private static Entry flipped(Entry chunk) {
    byte[] value = chunk.value().clone();
    value[value.length / 2] ^= 1;
    return new Entry(chunk.key(), value);
  }

  private static Entry foreign(Entry chunk, int bytes) {
    ModelPackage other = ToyModel.version("other", 2, bytes);
    return new Entry(
        chunk.key(),
        other.blobs().get(other.manifest().getSegments().get(0).getWeights().get(0).getDigest()));
  }

  /** Chunks behind the last one. */
  private static List<Entry> beyond(Entry chunk, int count) {
    String digest = new String(chunk.key(), 0, 64, US_ASCII);
    List<Entry> beyond = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      beyond.add(new Entry(RawLog.key(digest, 3 + i), new byte[100]));
    }
    return beyond;
  }
}
