package io.headwater.model.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.headwater.model.pack.ModelPackage;
import io.headwater.model.sign.Refusal;
import io.headwater.model.sign.Signer;
import io.headwater.model.sign.Trust;
import io.headwater.model.sign.TrustedKey;
import io.headwater.schemas.BlobHint;
import io.headwater.schemas.LiveVersion;
import io.headwater.schemas.PublishedManifest;
import io.headwater.schemas.Stage;
import io.headwater.schemas.StageRecord;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.topics.PipelineTopics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StageEntryTest {
  private static final PipelineTopics TOPICS = new PipelineTopics("reviews");
  private static final ModelPackage VERSION = ToyVersions.version("reviews");
  private static final RecordSerde<StageRecord> SERDE = RecordSerde.json(StageRecord.class);
  private static final Signer TRAINER = Signer.generate();
  private static final Signer PROMOTER = Signer.generate();
  private static final Trust TRUST =
      Trust.of(
          key("trainer", TRAINER, Set.of("reviews"), Set.of(Stage.CANDIDATE)),
          key("promoter", PROMOTER, Set.of("reviews"), Set.of(Stage.PRODUCTION)));

  private static TrustedKey key(
      String name, Signer signer, Set<String> pipelines, Set<Stage> stages) {
    return new TrustedKey(name, signer.key(), pipelines, stages, null, false);
  }

  private static StageEntry read(Trust trust, byte @Nullable [] value, Instant appended) {
    return StageEntry.read(
        TOPICS,
        Stage.PRODUCTION,
        trust,
        new ConsumerRecord<>(
            "reviews.models.production",
            0,
            7,
            appended.toEpochMilli(),
            TimestampType.LOG_APPEND_TIME,
            0,
            0,
            new byte[0],
            value,
            new RecordHeaders(),
            Optional.empty()));
  }

  private static StageEntry read(byte @Nullable [] value) {
    return read(TRUST, value, ToyVersions.THEN);
  }

  private static StageRecord.Builder record(long epoch) {
    return ToyVersions.record(VERSION, epoch, TRAINER);
  }

  private static StageRecord sound() {
    return ToyVersions.signed(record(3), PROMOTER);
  }

  private static void assertRefused(Refusal refusal, byte @Nullable [] value, String why) {
    assertThatExceptionOfType(StageRecordException.class)
        .isThrownBy(() -> read(value))
        .withMessageStartingWith("reviews.models.production-0@7: ")
        .withMessageContaining(why)
        .matches(e -> e.refusal() == refusal, refusal.code());
  }

  private static void assertRefused(Refusal refusal, StageRecord record, String why) {
    assertRefused(refusal, SERDE.write(record), why);
  }

  private static void assertRefused(Refusal refusal, StageRecord.Builder record, String why) {
    assertRefused(refusal, ToyVersions.signed(record, PROMOTER), why);
  }

  @Test
  void read_soundRecord_namesTheVersion() {
    StageEntry entry = read(SERDE.write(sound()));

    StageEntry.Live live = entry.live().get(0);
    assertThat(entry.live()).hasSize(1);
    assertThat(live.version()).isEqualTo(VERSION.version());
    assertThat(live.manifest()).isEqualTo(VERSION.manifest());
    assertThat(live.live().getEffectiveFrom()).isEqualTo(ToyVersions.THEN);
    assertThat(entry.record().getEpoch()).isEqualTo(3);
    assertThat(entry.offset()).isEqualTo(7);
  }

  @Test
  void read_hintsMoved_holdsStill() {
    StageRecord moved = sound();
    moved.getManifests().get(0).setHints(List.of(new BlobHint("0".repeat(64), 3, List.of(9L))));
    assertThat(read(SERDE.write(moved)).live().get(0).published().getHints()).hasSize(1);
  }

  @Test
  void read_unsigned_isRefused() {
    assertRefused(Refusal.UNSIGNED, record(3).build(), "the record is not signed");
    StageRecord.Builder withoutMaker = record(3);
    PublishedManifest bare = withoutMaker.getManifests().get(0);
    bare.setKeyId("");
    bare.setSignature(ByteBuffer.allocate(0));
    assertRefused(Refusal.UNSIGNED, withoutMaker, "its manifest is not signed");
  }

  @Test
  void read_unknownKey_isRefusedNamingItAndTheCommand() {
    Signer stranger = Signer.generate();
    StageRecord record = ToyVersions.signed(record(3), stranger);
    assertRefused(Refusal.UNKNOWN_KEY, record, "signed by key " + stranger.key().id());
    assertRefused(Refusal.UNKNOWN_KEY, record, "headwater keys trust");
    assertRefused(
        Refusal.UNKNOWN_KEY,
        ToyVersions.record(VERSION, 3, stranger),
        "its manifest is signed by key " + stranger.key().id());
  }

  @Test
  void read_anyFieldEdited_isRefused() {
    List<StageRecord> edited =
        List.of(sound(), sound(), sound(), sound(), sound(), sound(), sound());
    edited.get(0).setEpoch(4);
    edited.get(1).setReason("because");
    edited.get(2).setWrittenAt(ToyVersions.THEN.plusMillis(1));
    edited.get(3).setReadTo(5);
    edited.get(4).getLive().get(0).setEffectiveFrom(Instant.EPOCH);
    edited.get(5).getManifests().get(0).setPublishedAt(Instant.EPOCH);
    edited.get(6).setStage(Stage.CANDIDATE);
    edited.forEach(
        record -> assertRefused(Refusal.BAD_SIGNATURE, record, "was changed, or another wrote it"));
  }

  @Test
  void read_signatureOfAnotherKeyOrOfNoLength_isRefused() {
    StageRecord forged = ToyVersions.signed(record(3), Signer.generate());
    forged.setKeyId(PROMOTER.key().id());
    assertRefused(Refusal.BAD_SIGNATURE, forged, PROMOTER.key().id());
    for (int length : new int[] {1, 63, 65, 256}) {
      StageRecord other = sound();
      other.setSignature(ByteBuffer.allocate(length));
      assertRefused(Refusal.BAD_SIGNATURE, other, PROMOTER.key().id());
    }
  }

  @Test
  void read_ofAnotherPipelineOrStage_isRefused() {
    assertRefused(
        Refusal.WRONG_PIPELINE, record(1).setPipeline("other"), "it belongs to another pipeline");
    assertRefused(
        Refusal.WRONG_PIPELINE,
        ToyVersions.record(ToyVersions.version("other"), 1, TRAINER),
        "its manifest belongs to another pipeline");
    assertRefused(
        Refusal.WRONG_STAGE,
        ToyVersions.signed(record(1).setStage(Stage.CANDIDATE), TRAINER),
        "it belongs to stage CANDIDATE");
  }

  @Test
  void read_keyThatIsNotTheStages_isRefusedThoughItMayMakeManifests() {
    assertRefused(
        Refusal.KEY_NOT_ALLOWED,
        ToyVersions.signed(record(3), TRAINER),
        "may sign for candidate, not for production");
    Trust elsewhere =
        TRUST.with(key("promoter", PROMOTER, Set.of("spam"), Set.of(Stage.PRODUCTION)));
    assertThatExceptionOfType(StageRecordException.class)
        .isThrownBy(() -> read(elsewhere, SERDE.write(sound()), ToyVersions.THEN))
        .withMessageContaining("--pipelines reviews");
  }

  @Test
  void read_twoKeysDuringRotation_takesBothUntilOneIsRetired() {
    Signer next = Signer.generate();
    Instant retired = ToyVersions.THEN.plusSeconds(60);
    TrustedKey old = TRUST.find(PROMOTER.key().id()).orElseThrow();
    Trust both = TRUST.with(key("next", next, Set.of("reviews"), Set.of(Stage.PRODUCTION)));
    Trust rotated = both.with(old.retiredAt(retired));
    byte[] byOld = SERDE.write(sound());
    byte[] byNext = SERDE.write(ToyVersions.signed(record(4), next));

    assertThat(read(both, byOld, retired).live()).isEqualTo(read(both, byNext, retired).live());
    assertThat(read(rotated, byOld, retired).record().getEpoch()).isEqualTo(3);
    assertThat(read(rotated, byNext, retired.plusSeconds(1)).record().getEpoch()).isEqualTo(4);
    assertThatExceptionOfType(StageRecordException.class)
        .isThrownBy(() -> read(rotated, byOld, retired.plusMillis(1)))
        .matches(e -> e.refusal() == Refusal.KEY_RETIRED && e.vouchedEpoch() == 3);
    assertThatExceptionOfType(StageRecordException.class)
        .isThrownBy(() -> read(both.with(old.asRevoked()), byOld, ToyVersions.THEN))
        .withMessageContaining("compromised");
  }

  @Test
  void read_epochOutsideTheBounds_isRefused() {
    assertRefused(Refusal.OLD_EPOCH, record(0), "its epoch is 0, below 1");
    assertRefused(Refusal.EPOCH_JUMP, record(Long.MAX_VALUE), "where epochs end");
  }

  @Test
  void requireGrowth_oldOrFarAhead_isRefused() {
    StageEntry three = read(SERDE.write(sound()));
    StageTail.requireGrowth(2, three, "t");
    assertThatExceptionOfType(StageRecordException.class)
        .isThrownBy(() -> StageTail.requireGrowth(3, three, "t"))
        .withMessage("t-0@7: its epoch is 3 after 3; epochs only grow")
        .matches(e -> e.refusal() == Refusal.OLD_EPOCH);
    StageEntry far = read(SERDE.write(ToyVersions.signed(record(StageEntry.MAX_EPOCH), PROMOTER)));
    assertThatExceptionOfType(StageRecordException.class)
        .isThrownBy(() -> StageTail.requireGrowth(3, far, "t"))
        .matches(e -> e.refusal() == Refusal.EPOCH_JUMP);
  }

  @Test
  void read_contentThatContradictsItself_isRefused() {
    LiveVersion live = new LiveVersion(VERSION.version(), 0.5, "", ToyVersions.THEN);
    LiveVersion other = new LiveVersion("0".repeat(64), 1.0, "", ToyVersions.THEN);
    assertRefused(
        Refusal.CONTRADICTION,
        record(1).setLive(List.of(other)),
        "its manifest is not the version that it names");
    assertRefused(
        Refusal.CONTRADICTION,
        record(1).setLive(List.of()),
        "it names 0 live versions; stage PRODUCTION takes one");
    assertRefused(
        Refusal.CONTRADICTION,
        record(1).setLive(List.of(live, live)),
        "it names 2 live versions; stage PRODUCTION takes one");
    assertRefused(
        Refusal.CONTRADICTION,
        record(1).setManifests(List.of()),
        "it does not hold exactly one manifest for each");
    assertRefused(
        Refusal.CONTRADICTION,
        record(1).setLive(List.of(new LiveVersion(VERSION.version(), 0.0, "", ToyVersions.THEN))),
        "a share is above 0 and at most 1");
  }

  @Test
  void problem_ofCanariesAndShadows_isOneOfSharesAndNamesAlone() {
    LiveVersion most = new LiveVersion("a", 0.7, "s", ToyVersions.THEN);
    LiveVersion rest = new LiveVersion("b", 0.3, "s", ToyVersions.THEN);
    LiveVersion more = new LiveVersion("b", 0.4, "s", ToyVersions.THEN);
    for (Stage stage : List.of(Stage.CANARY, Stage.SHADOW)) {
      assertThat(StageShape.problem(stage, List.of())).isNull();
      assertThat(StageShape.problem(stage, List.of(most, rest))).isNull();
      assertThat(StageShape.problem(stage, List.of(most, most))).contains("names version a twice");
    }
    assertThat(StageShape.problem(Stage.SHADOW, List.of(most, more))).isNull();
    assertThat(StageShape.problem(Stage.CANARY, List.of(most, more))).contains("above 1");
    assertThat(StageShape.problem(Stage.CANDIDATE, List.of())).contains("takes one");
  }

  @Test
  void read_bytesThatAreNoRecord_areRefusedWithoutTheirContent() {
    byte[] sound = SERDE.write(sound());
    byte[] trailing = Arrays.copyOf(sound, sound.length + 2);
    trailing[sound.length] = '{';
    trailing[sound.length + 1] = '}';
    assertRefused(Refusal.UNREADABLE, trailing, "not JSON");
    assertRefused(Refusal.UNREADABLE, Arrays.copyOf(sound, sound.length - 9), "not JSON");
    assertRefused(Refusal.UNREADABLE, (byte[]) null, "the record is empty");
    assertThatExceptionOfType(StageRecordException.class)
        .isThrownBy(() -> read("{secret".getBytes(StandardCharsets.UTF_8)))
        .withMessageStartingWith("reviews.models.production-0@7: not JSON")
        .withMessageNotContaining("secret");
    assertRefused(Refusal.UNREADABLE, new byte[9 << 20], "the record has 9437184 bytes");
  }

  @Test
  void read_recordOfAMebibyteWithABadSignature_isRefusedWithinASecond() {
    StageRecord large = sound();
    large.setReason("x".repeat(1 << 20));
    byte[] value = SERDE.write(large);
    long start = System.nanoTime();
    assertRefused(Refusal.BAD_SIGNATURE, value, "was changed");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
  }
}
