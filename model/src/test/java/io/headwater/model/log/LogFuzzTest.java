package io.headwater.model.log;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.pack.Digest;
import io.headwater.model.pack.Manifests;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.sign.Purpose;
import io.headwater.model.sign.Signer;
import io.headwater.model.sign.Trust;
import io.headwater.model.sign.TrustedKey;
import io.headwater.schemas.BlobRef;
import io.headwater.schemas.PublishedManifest;
import io.headwater.schemas.Stage;
import io.headwater.schemas.StageRecord;
import io.headwater.schemas.fuzz.Fuzz;
import io.headwater.schemas.fuzz.Mutation;
import io.headwater.schemas.fuzz.Untrusted;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.topics.PipelineTopics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Records of the model log's topics that nobody vouches for are refused as declared, or read. */
class LogFuzzTest {
  private static final RecordSerde<StageRecord> SERDE = RecordSerde.json(StageRecord.class);
  private static final ModelPackage VERSION = ToyVersions.version("reviews");
  private static final Signer SIGNER = Signer.generate();
  private static final Trust TRUST = Trust.of(TrustedKey.forAll("all", SIGNER.key()));
  private static final byte[] SOUND =
      Untrusted.sound(
          SERDE.write(ToyVersions.signed(ToyVersions.record(VERSION, 3, SIGNER), SIGNER)),
          LogFuzzTest::read);

  /** A blob of two chunks. */
  private static final byte[] BLOB = new byte[Chunks.BYTES + 5];

  private static final BlobRef REF = new BlobRef(Digest.of(BLOB), (long) BLOB.length);
  private static Path folder;
  private static BlobCache cache;

  @BeforeContainer
  static void open() throws IOException {
    folder = Files.createTempDirectory("headwater-fuzz");
    cache = new BlobCache(folder);
  }

  @AfterContainer
  static void delete() throws IOException {
    try (var files = Files.list(folder)) {
      files.forEach(file -> assertThat(file.toFile().delete()).isTrue());
    }
    Files.delete(folder);
  }

  private static StageEntry read(byte[] value) {
    return StageEntry.read(
        new PipelineTopics("reviews"),
        Stage.PRODUCTION,
        TRUST,
        new ConsumerRecord<>(
            "reviews.models.production",
            0,
            7,
            ToyVersions.THEN.toEpochMilli(),
            TimestampType.LOG_APPEND_TIME,
            0,
            0,
            new byte[0],
            value,
            new RecordHeaders(),
            Optional.empty()));
  }

  @Fuzz
  void read_stageRecord_isReadOrRefused(@ForAll(supplier = Mutation.Any.class) Mutation mutation) {
    Untrusted.read(mutation.of(SOUND), LogFuzzTest::read, StageRecordException.class);
  }

  @Example
  void read_timeThatCannotBeSigned_isRefused() {
    byte[] far =
        new String(SOUND, UTF_8)
            .replaceFirst("\"writtenAt\":\\d+", "\"writtenAt\":\"+1000000000-01-01T00:00:00Z\"")
            .getBytes(UTF_8);
    assertThat(far).isNotEqualTo(SOUND);
    assertThat(Untrusted.read(far, LogFuzzTest::read, StageRecordException.class)).isEmpty();
  }

  /** A trusted key may be stolen, or its owner mistaken. */
  @Fuzz
  void read_stageRecordWithASignature_isReadOrRefused(
      @ForAll(supplier = Mutation.Any.class) Mutation mutation) {
    StageRecord record;
    try {
      record = SERDE.read(mutation.of(SOUND));
    } catch (SerializationException e) {
      return;
    }
    byte[] signed = SERDE.write(StageSignature.sign(record, SIGNER));
    Untrusted.read(signed, LogFuzzTest::read, StageRecordException.class);
  }

  @Fuzz
  void read_manifestWithASignature_isReadOrRefused(
      @ForAll(supplier = Mutation.Any.class) Mutation mutation) {
    byte[] manifest = mutation.of(Manifests.canonicalBytes(VERSION.manifest()));
    StageRecord.Builder record = ToyVersions.record(VERSION, 3, SIGNER);
    PublishedManifest published = record.getManifests().get(0);
    published.setManifest(ByteBuffer.wrap(manifest));
    published.setSignature(ByteBuffer.wrap(SIGNER.sign(Purpose.MANIFEST, manifest)));
    record.getLive().get(0).setVersion(Digest.of(manifest));
    byte[] signed = SERDE.write(ToyVersions.signed(record, SIGNER));
    Untrusted.read(signed, LogFuzzTest::read, StageRecordException.class);
  }

  @Fuzz
  void place_key_isNoneOrWrittenTheSameWayAgain(
      @ForAll(supplier = Mutation.Any.class) Mutation mutation) {
    byte[] key = mutation.of(Chunks.key(REF.getDigest(), 4_095));
    Untrusted.read(key, Chunks::place, IllegalArgumentException.class)
        .flatMap(place -> place)
        .ifPresent(place -> assertThat(Chunks.key(place.digest(), place.index())).isEqualTo(key));
  }

  /** Whatever chunks come, and in what order, what is admitted is the blob. */
  @Fuzz
  void offer_chunks_admitTheBlobAlone(
      @ForAll(supplier = Mutation.Any.class) Mutation mutation, @ForAll List<Boolean> firsts) {
    byte[] tail = mutation.of(new byte[5]);
    try (Download download = new Download(REF, cache)) {
      boolean admitted = false;
      for (boolean first : firsts) {
        byte[] chunk = first ? new byte[Chunks.BYTES] : tail;
        admitted |= download.offer(first ? 0 : chunk.length % 3, chunk);
      }
      assertThat(download.state()).startsWith(REF.getDigest());
      assertThat(cache.read(REF).isPresent()).isEqualTo(admitted);
    }
    try {
      Files.deleteIfExists(folder.resolve(REF.getDigest()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a key can't hold: letters, other alphabets, and places behind the end of any blob. */
  @Fuzz
  void place_keyOfTheRightLength_isNoneOrWrittenTheSameWayAgain(
      @ForAll(supplier = Mutation.Any.class) Mutation mutation, @ForAll char letter) {
    String digest = REF.getDigest().substring(1) + letter;
    byte[] key = mutation.of((digest + "/99999").getBytes(letter > 0xFF ? UTF_8 : ISO_8859_1));
    Untrusted.read(key, Chunks::place, IllegalArgumentException.class)
        .flatMap(place -> place)
        .ifPresent(place -> assertThat(Chunks.key(place.digest(), place.index())).isEqualTo(key));
  }
}
