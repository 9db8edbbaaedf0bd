package io.headwater.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.stream.ScorerApp;
import io.headwater.stream.ScorerStatus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class ScorerIT extends ScorerOnBroker {
  @Test
  void start_withoutProductionVersion_waitsAndSaysSo() {
    ScorerApp scorer = start(pipeline("waiting"));
    assertThat(scorer.status().state()).isEqualTo(ScorerStatus.State.WAITING_FOR_MODEL);
    assertThat(scorer.status().detail()).isEqualTo("waiting for a trained version in production");
  }

  @Test
  void labelsPartitionedOtherwise_join_andWindowsSurviveTheLossOfTheirState() throws Exception {
    Pipeline pipeline =
        pipeline("cards", "windows: { by: card, over: { day: { features: { n: {} } } } }");
    publish(pipeline, version(pipeline));
    int cards = 5;
    int events = 60;
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      for (int i = 0; i < events; i++) {
        sendSale(producer, pipeline, i, cards);
        String label = "{\"eventId\":\"sale%d\",\"label\":\"ham\",\"labeledAt\":%d}";
        sent.add(
            producer.send(
                new ProducerRecord<>(
                    pipeline.topics().labels(),
                    ("sale" + i).getBytes(UTF_8),
                    label.formatted(i, 1_577_836_900_000L).getBytes(UTF_8))));
      }
    }
    ScorerApp first = start(pipeline);
    await().atMost(SOON).until(() -> read(pipeline.topics().examples()).size() >= events);
    assertThat(read(pipeline.topics().examples())).hasSize(events);
    first.close();
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      for (int i = events; i < events + cards; i++) {
        sendSale(producer, pipeline, i, cards);
      }
    }
    start(pipeline, folder.resolve("cards-with-nothing-kept"));
    await().atMost(SOON).until(() -> ids(pipeline).size() >= events + cards);
    ObjectMapper json = new ObjectMapper();
    List<Integer> counts = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> enriched : read(pipeline.topics().enriched())) {
      JsonNode event = json.readTree(enriched.value());
      if (event.get("number").asInt() >= events) {
        counts.add(event.at("/hw/day/n").asInt());
      }
    }
    assertThat(counts).hasSize(cards).containsOnly(events / cards + 1);
  }

  /** Sends an event to the partition where librdkafka would put it. */
  private void sendSale(
      KafkaProducer<byte[], byte[]> producer, Pipeline pipeline, int number, int cards) {
    byte[] key = ("sale" + number).getBytes(UTF_8);
    CRC32 crc = new CRC32();
    crc.update(key);
    String sale =
        "{\"id\":\"sale%d\",\"card\":\"c%d\",\"number\":%d,\"time\":%d,\"text\":\"one sale\"}"
            .formatted(number, number % cards, number, 1_577_836_800_000L + number);
    sent.add(
        producer.send(
            new ProducerRecord<>(
                pipeline.topics().events(),
                (int) (crc.getValue() % pipeline.wire().partitions()),
                key,
                sale.getBytes(UTF_8))));
  }

  @Test
  void restartAndSwaps_underLoad_loseAndDoubleNothing() {
    Pipeline pipeline = pipeline("load");
    ModelPackage version = version(pipeline);
    publish(pipeline, version);
    int events = 1_500;
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      for (int i = 0; i < events; i++) {
        send(producer, pipeline, "e" + i, event("e" + i, "\"2020-01-01T00:00:00Z\""));
      }
    }
    ScorerApp first = start(pipeline);
    await().atMost(SOON).until(() -> read(pipeline.topics().scores()).size() > 100);
    first.close();
    ScorerApp second = start(pipeline);
    for (int swap = 1; swap <= 3; swap++) {
      ModelPackage next =
          version.withHeadWeights(
              Map.of("head.output.bias", new float[] {swap, -swap}), lineage(), null, List.of());
      publish(pipeline, next);
      await().atMost(SOON).until(() -> next.version().equals(second.status().version()));
    }
    await().atMost(SOON).until(() -> read(pipeline.topics().scores()).size() >= events);
    List<String> ids = ids(pipeline);
    assertThat(ids).hasSize(events);
    assertThat(new HashSet<>(ids)).hasSize(events);
    assertThat(read(pipeline.topics().deadLetters())).isEmpty();
  }
}
