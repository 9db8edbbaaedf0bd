package io.headwater.stream.ingest;

import static io.headwater.stream.TestPipelines.CLOCK;
import static io.headwater.stream.TestPipelines.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.pipeline.Pipeline.OutOfBounds;
import io.headwater.schemas.Label;
import io.headwater.schemas.headers.DeadLetterReason;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.stream.TestPipelines;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelReaderTest {
  private static LabelReader reader(OutOfBounds policy) {
    return new LabelReader(
        RecordSerde.json(Label.class),
        List.of("bad", "good"),
        new TimeBounds(TestPipelines.event("id", "at", policy), CLOCK));
  }

  private static LabelRead read(String json) {
    return reader(OutOfBounds.DEAD_LETTER)
        .read(json.getBytes(UTF_8), json.length(), NOW.toEpochMilli());
  }

  @Test
  void read_labelWithoutTime_takesTheRecords() {
    LabelRead.Taken taken = (LabelRead.Taken) read("{\"eventId\":\"e\",\"label\":\"good\"}");
    assertThat(taken.labeledAt()).isEqualTo(NOW.toEpochMilli());
    assertThat(taken.label().getRevision()).isZero();
    assertThat(taken.label().getWeight()).isEqualTo(1f);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "not json | MALFORMED",
        "{} | MALFORMED",
        "{\"eventId\":\"\",\"label\":\"good\"} | MALFORMED",
        "{\"eventId\":\"e\",\"label\":\"good\",\"weight\":0} | MALFORMED",
        "{\"eventId\":\"e\",\"label\":\"good\",\"weight\":-1} | MALFORMED",
        "{\"eventId\":\"e\",\"label\":\"good\",\"propensity\":1.5} | MALFORMED",
        "{\"eventId\":\"e\",\"label\":\"secret\"} | UNKNOWN_LABEL",
        "{\"eventId\":\"e\",\"label\":\"good\",\"labeledAt\":\"2099-01-01T00:00:00Z\"} |"
            + " TIME_OUT_OF_BOUNDS",
        "{\"eventId\":\"e\",\"label\":\"good\",\"labeledAt\":-1} | TIME_OUT_OF_BOUNDS"
      })
  void read_badLabel_isRefusedWithItsReason(String json, DeadLetterReason reason) {
    assertThat(read(json))
        .isInstanceOfSatisfying(
            Rejection.class,
            rejection -> {
              assertThat(rejection.reason()).isEqualTo(reason);
              assertThat(rejection.message()).doesNotContain("secret");
            });
  }

  @Test
  void read_nullOrHuge_isRefused() {
    LabelReader reader = reader(OutOfBounds.CLAMP);
    assertThat(((Rejection) reader.read(null, 0, 0)).reason())
        .isEqualTo(DeadLetterReason.NULL_VALUE);
    assertThat(((Rejection) reader.read(new byte[10], LabelReader.MAX_BYTES + 1, 0)).reason())
        .isEqualTo(DeadLetterReason.TOO_LARGE);
  }

  @Test
  void read_farFutureWhereThePipelineClamps_isClamped() {
    byte[] value =
        "{\"eventId\":\"e\",\"label\":\"bad\",\"labeledAt\":\"2099-01-01T00:00:00Z\"}"
            .getBytes(UTF_8);
    LabelRead.Taken taken =
        (LabelRead.Taken) reader(OutOfBounds.CLAMP).read(value, value.length, 0);
    assertThat(taken.labeledAt()).isEqualTo(NOW.plus(Duration.ofHours(1)).toEpochMilli());
  }
}
