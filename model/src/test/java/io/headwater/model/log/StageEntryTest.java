package io.headwater.model.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.LiveVersion;
import io.headwater.schemas.Stage;
import io.headwater.schemas.StageRecord;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.topics.PipelineTopics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class StageEntryTest {
  private static final PipelineTopics TOPICS = new PipelineTopics("reviews");
  private static final ModelPackage VERSION = ToyVersions.version("reviews");

  private static StageEntry read(byte[] value) {
    return StageEntry.read(
        TOPICS,
        Stage.PRODUCTION,
        new ConsumerRecord<>("reviews.models.production", 0, 7, new byte[0], value));
  }

  private static StageEntry read(StageRecord.Builder record) {
    return read(RecordSerde.json(StageRecord.class).write(record.build()));
  }

  private static void assertRefused(StageRecord.Builder record, String why) {
    assertThatExceptionOfType(StageRecordException.class)
        .isThrownBy(() -> read(record))
        .withMessage("reviews.models.production-0@7: " + why);
  }

  @Test
  void read_soundRecord_namesTheVersion() {
    StageEntry entry = read(ToyVersions.record(VERSION, 3));

    assertThat(entry.version()).isEqualTo(VERSION.version());
    assertThat(entry.manifest()).isEqualTo(VERSION.manifest());
    assertThat(entry.effectiveFrom()).isEqualTo(ToyVersions.THEN);
    assertThat(entry.record().getEpoch()).isEqualTo(3);
    assertThat(entry.offset()).isEqualTo(7);
  }

  @Test
  void read_recordThatBelongsElsewhere_isRefused() {
    assertRefused(
        ToyVersions.record(VERSION, 1).setPipeline("other"), "it belongs to another pipeline");
    assertRefused(
        ToyVersions.record(VERSION, 1).setStage(Stage.SHADOW), "it belongs to stage SHADOW");
    assertRefused(
        ToyVersions.record(ToyVersions.version("other"), 1),
        "its manifest belongs to another pipeline");
  }

  @Test
  void read_manifestOfAnotherVersion_isRefused() {
    assertRefused(
        ToyVersions.record(VERSION, 1)
            .setLive(List.of(new LiveVersion("0".repeat(64), 1.0, "", ToyVersions.THEN))),
        "its manifest is not the version that it names");
  }

  @Test
  void read_noOrSeveralVersions_isRefused() {
    LiveVersion live = new LiveVersion(VERSION.version(), 0.5, "", ToyVersions.THEN);
    assertRefused(
        ToyVersions.record(VERSION, 1).setLive(List.of()),
        "it names 0 live versions; this release scores with one");
    assertRefused(
        ToyVersions.record(VERSION, 1).setLive(List.of(live, live)),
        "it names 2 live versions; this release scores with one");
    assertRefused(
        ToyVersions.record(VERSION, 1).setManifests(List.of()),
        "it does not hold exactly one manifest");
  }

  @Test
  void read_epochBelowOne_isRefused() {
    assertRefused(ToyVersions.record(VERSION, 0), "its epoch is 0, below 1");
  }

  @Test
  void read_bytesThatAreNoRecord_areRefusedWithoutTheirContent() {
    assertThatExceptionOfType(StageRecordException.class)
        .isThrownBy(() -> read("{secret".getBytes(StandardCharsets.UTF_8)))
        .withMessageStartingWith("reviews.models.production-0@7: not JSON")
        .withMessageNotContaining("secret");
    assertThatExceptionOfType(StageRecordException.class)
        .isThrownBy(() -> read(new byte[9 << 20]))
        .withMessageContaining("the record has 9437184 bytes");
  }
}
