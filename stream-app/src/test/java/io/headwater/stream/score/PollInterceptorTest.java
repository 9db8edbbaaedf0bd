package io.headwater.stream.score;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class PollInterceptorTest {
  private static final TopicPartition EVENTS = new TopicPartition("reviews.events", 0);
  private static final TopicPartition LABELS = new TopicPartition("reviews.labels", 0);

  private final PollInterceptor interceptor = new PollInterceptor();

  PollInterceptorTest() {
    interceptor.configure(Map.of(PollInterceptor.TOPIC, "reviews.events"));
  }

  private static ConsumerRecord<byte[], byte[]> record(TopicPartition at, long offset) {
    return record(at, offset, 1);
  }

  private static ConsumerRecord<byte[], byte[]> record(TopicPartition at, long offset, int bytes) {
    return new ConsumerRecord<>(
        at.topic(),
        at.partition(),
        offset,
        1000 + offset,
        TimestampType.CREATE_TIME,
        0,
        bytes,
        null,
        new byte[] {(byte) offset},
        new RecordHeaders().add("ce_id", "x".getBytes(UTF_8)),
        Optional.of(7));
  }

  private List<ConsumerRecord<byte[], byte[]>> polled(List<ConsumerRecord<byte[], byte[]>> events) {
    OffsetAndMetadata next = new OffsetAndMetadata(events.size());
    return interceptor
        .onConsume(new ConsumerRecords<>(Map.of(EVENTS, events), Map.of(EVENTS, next)))
        .records(EVENTS);
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(int count, int bytes) {
    return IntStream.range(0, count).mapToObj(i -> record(EVENTS, i, bytes)).toList();
  }

  /** As the stream thread's scorer does once it has decided a chunk. */
  private void paced(Duration each) {
    run(polled(records(1, 1)).get(0)).events().get(0).poll().paced(each);
  }

  private static PolledRun run(ConsumerRecord<byte[], byte[]> standIn) {
    return new PolledRunSerde()
        .deserializer()
        .deserialize(standIn.topic(), standIn.headers(), standIn.value());
  }

  private static List<Long> offsets(ConsumerRecord<byte[], byte[]> standIn) {
    return run(standIn).events().stream().map(PolledEvent::offset).toList();
  }

  @Test
  void onConsume_leavesOthersAlone_andKeepsTheOffsetsToCommit() {
    ConsumerRecord<byte[], byte[]> label = record(LABELS, 0);
    Map<TopicPartition, OffsetAndMetadata> next =
        Map.of(EVENTS, new OffsetAndMetadata(1), LABELS, new OffsetAndMetadata(1));

    ConsumerRecords<byte[], byte[]> shown =
        interceptor.onConsume(
            new ConsumerRecords<>(
                Map.of(EVENTS, List.of(record(EVENTS, 0)), LABELS, List.of(label)), next));

    assertThat(shown.nextOffsets()).isEqualTo(next);
    assertThat(shown.records(LABELS)).containsExactly(label);
    assertThat(label.headers()).extracting(Header::key).containsExactly("ce_id");
  }

  @Test
  void onConsume_beforeTheSpeedIsKnown_showsEachEventAlone() {
    assertThat(polled(records(3, 1)).stream().map(PollInterceptorTest::offsets))
        .containsExactly(List.of(0L), List.of(1L), List.of(2L));
  }

  @Test
  void onConsume_ofFastEvents_showsRunsAtTheFirstOnesOffset() {
    paced(Duration.ofNanos(800_000));

    List<ConsumerRecord<byte[], byte[]>> shown = polled(records(5, 9));

    assertThat(shown.stream().map(PollInterceptorTest::offsets))
        .containsExactly(List.of(0L, 1L), List.of(2L, 3L), List.of(4L));
    ConsumerRecord<byte[], byte[]> second = shown.get(1);
    assertThat(second.offset()).isEqualTo(2);
    assertThat(second.timestamp()).isEqualTo(1002);
    assertThat(second.leaderEpoch()).contains(7);
    assertThat(second.serializedValueSize()).isEqualTo(18);
  }

  @Test
  void onConsume_ofSlowEvents_showsEachAlone() {
    paced(Duration.ofNanos(100));
    paced(Duration.ofSeconds(9));

    assertThat(polled(records(3, 1))).hasSize(3);
  }

  @Test
  void onConsume_ofVeryFastEvents_boundsARunByCountAndBytes() {
    paced(Duration.ZERO);

    assertThat(polled(records(64, 1))).hasSize(2);
    assertThat(polled(records(8, 30_000))).hasSize(4);
    assertThat(polled(records(2, 1_000_000))).hasSize(2);
  }

  @Test
  void events_ofARun_keepWhatTheirRecordsSay() {
    paced(Duration.ZERO);

    PolledEvent second = run(polled(records(2, 1)).get(0)).events().get(1);

    assertThat(second.value()).containsExactly(1);
    assertThat(second.timestamp()).isEqualTo(1001);
    assertThat(second.topic()).isEqualTo("reviews.events");
    assertThat(second.partition()).isZero();
    assertThat(second.headers()).extracting(Header::key).containsExactly("ce_id");
  }

  @Test
  void deserialize_ofAForgedHandle_isAnEventOfItsOwn() {
    Headers headers = new RecordHeaders().add("hw_run", new byte[] {1, 2});

    List<PolledEvent> events =
        new PolledRunSerde()
            .deserializer()
            .deserialize("reviews.events", headers, (byte[]) null)
            .events();

    assertThat(events).hasSize(1);
    assertThat(events.get(0).poll()).isNull();
    assertThat(events.get(0).value()).isNull();
  }

  @Test
  void take_letsGoOfWhatWasTaken() {
    Poll poll = new Poll(new RunLength());
    List<PolledEvent> events =
        List.of(
            poll.add(record(EVENTS, 0)), poll.add(record(EVENTS, 1)), poll.add(record(EVENTS, 2)));
    assertThat(poll.take(events.get(1), 1)).containsExactly(events.get(1));
    assertThat(poll.take(events.get(0), 10)).containsExactly(events.get(0), events.get(2));
  }
}
