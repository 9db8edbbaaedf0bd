package io.headwater.stream.score;

import static io.headwater.stream.TestPipelines.CLOCK;
import static io.headwater.stream.TestPipelines.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.pipeline.Pipeline.OutOfBounds;
import io.headwater.stream.TestPipelines;
import io.headwater.stream.ingest.BoundedTimestamps;
import io.headwater.stream.ingest.TimeBounds;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventTimestampsTest {
  private static final byte[] KEY = {1};

  private final EventTimestamps timestamps =
      new EventTimestamps(
          new BoundedTimestamps(
              new TimeBounds(TestPipelines.event("id", "at", OutOfBounds.DEAD_LETTER), CLOCK)));

  private long extract(long timestamp, Object value) {
    return timestamps.extract(
        new ConsumerRecord<>(
            "t",
            0,
            0,
            timestamp,
            TimestampType.LOG_APPEND_TIME,
            1,
            0,
            KEY,
            value,
            new RecordHeaders(),
            Optional.empty()),
        -1);
  }

  @ParameterizedTest
  @CsvSource({"-1, true", "0, false", "9223372036854775807, true", "-1, false"})
  void extract_ofAnyTime_isBounded_andTheEventKnowsTheRecordsOwn(long timestamp, boolean ofARun) {
    PolledEvent event = PolledEvent.alone(new byte[0]);

    long shown = extract(timestamp, ofARun ? PolledRun.alone(event) : event);

    assertThat(shown)
        .isBetween(
            NOW.minus(Duration.ofDays(30)).toEpochMilli(),
            NOW.plus(Duration.ofHours(1)).toEpochMilli());
    assertThat(event.timestamp()).isEqualTo(timestamp);
    assertThat(event.lag(NOW, true)).isNotNull();
    assertThat(event.key()).isEqualTo(KEY);
  }
}
