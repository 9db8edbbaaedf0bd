package io.headwater.stream.score;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;

class PollInterceptorTest {
  private static final TopicPartition EVENTS = new TopicPartition("reviews.events", 0);
  private static final TopicPartition LABELS = new TopicPartition("reviews.labels", 0);

  private static ConsumerRecord<byte[], byte[]> record(TopicPartition at, long offset) {
    return new ConsumerRecord<>(at.topic(), at.partition(), offset, null, "v".getBytes(UTF_8));
  }

  @Test
  void onConsume_marksEventsOnly_andReturnsTheSameRecords() {
    PollInterceptor interceptor = new PollInterceptor();
    interceptor.configure(Map.of(PollInterceptor.TOPIC, "reviews.events"));
    ConsumerRecord<byte[], byte[]> event = record(EVENTS, 0);
    ConsumerRecord<byte[], byte[]> label = record(LABELS, 0);
    ConsumerRecords<byte[], byte[]> records =
        new ConsumerRecords<>(
            Map.of(EVENTS, List.of(event), LABELS, List.of(label)),
            Map.of(EVENTS, new OffsetAndMetadata(1), LABELS, new OffsetAndMetadata(1)));
    assertThat(interceptor.onConsume(records)).isSameAs(records);
    assertThat(event.headers()).hasSize(1);
    assertThat(label.headers()).isEmpty();
  }

  @Test
  void deserialize_takesTheHandleOff_andKeepsTheUsersHeaders() {
    ConsumerRecord<byte[], byte[]> record = record(EVENTS, 0);
    record.headers().add("ce_id", "x".getBytes(UTF_8));
    PolledEvent polled = new Poll().add(record);
    record.headers().add(new PollInterceptor.Handle(polled));
    PolledEvent event =
        new PolledEventSerde()
            .deserializer()
            .deserialize("reviews.events", record.headers(), record.value());
    assertThat(event).isSameAs(polled);
    assertThat(record.headers()).extracting("key").containsExactly("ce_id");
  }

  @Test
  void deserialize_ofAForgedHandle_isAnEventOfItsOwn() {
    Headers headers = record(EVENTS, 0).headers().add("hw_polled", new byte[] {1, 2});
    PolledEvent event =
        new PolledEventSerde().deserializer().deserialize("reviews.events", headers, (byte[]) null);
    assertThat(event.poll()).isNull();
    assertThat(event.value()).isNull();
  }

  @Test
  void take_letsGoOfWhatWasTaken() {
    Poll poll = new Poll();
    List<PolledEvent> events =
        List.of(
            poll.add(record(EVENTS, 0)), poll.add(record(EVENTS, 1)), poll.add(record(EVENTS, 2)));
    assertThat(poll.take(events.get(1), 1)).containsExactly(events.get(1));
    assertThat(poll.take(events.get(0), 10)).containsExactly(events.get(0), events.get(2));
  }
}
