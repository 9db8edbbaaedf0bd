package io.headwater.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.model.pipeline.Exclusions;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.schemas.Activation;
import io.headwater.schemas.EventPointer;
import io.headwater.schemas.Example;
import io.headwater.schemas.serde.HttpSchemaRegistry;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.serde.RegistryUnavailableException;
import io.headwater.schemas.serde.SchemaRegistry;
import io.headwater.trainer.replay.ExampleReader;
import io.headwater.trainer.replay.SkipReason;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class ExampleIntakeTest {
  private static final ExampleReader READER = new ExampleReader(List.of("ham", "spam"), "p", 2);

  private static final ExampleIntake.Seen NOBODY = (example, usable) -> {};

  private static ExampleIntake intake(RecordSerde<Example> serde) {
    Pipeline pipeline =
        PipelineFile.parse(
            "mail.yaml",
            """
            pipeline: mail
            event: { id: id, time: time }
            model: { pretrained: all-minilm-l6-v2-q }
            features:
              text: { type: text, fields: [text] }
            labels: [ham, spam]
            """);
    return new ExampleIntake(pipeline, serde, READER);
  }

  private static ConsumerRecord<byte[], byte[]> holding(byte[] value) {
    return new ConsumerRecord<>("mail.examples", 0, 7, new byte[0], value);
  }

  @Test
  void take_whatIsNoExample_isLeftAside() {
    ExampleIntake intake = intake(RecordSerde.json(Example.class));
    assertThat(intake.take(holding("{}".getBytes(UTF_8)), NOBODY)).contains(SkipReason.UNREADABLE);
    assertThat(intake.take(holding("?".getBytes(UTF_8)), NOBODY)).contains(SkipReason.UNREADABLE);
    assertThat(intake.select()).isEmpty();
  }

  @Test
  void take_registryOutOfReach_failsRatherThanSkips() {
    SchemaRegistry away = new HttpSchemaRegistry(URI.create("http://127.0.0.1:1"));
    ExampleIntake intake = intake(RecordSerde.avro(Example.class, away));
    assertThatThrownBy(() -> intake.take(holding(new byte[] {0, 0, 0, 0, 1, 2}), NOBODY))
        .isInstanceOf(RegistryUnavailableException.class);
  }

  private static ConsumerRecord<byte[], byte[]> record(int i) {
    ByteBuffer activation = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    activation.putFloat(i).putFloat(1).flip();
    Example example =
        Example.newBuilder()
            .setEventId("e" + i)
            .setEventTime(Instant.ofEpochMilli(i))
            .setLabel(i % 2 == 0 ? "ham" : "spam")
            .setLabeledAt(Instant.ofEpochMilli(i))
            .setSource(i % 3 == 0 ? "bot" : "desk")
            .setScores(List.of())
            .setActivation(new Activation("p", activation))
            .setEvent(new EventPointer("mail.events", 0, (long) i))
            .build();
    byte[] value = RecordSerde.json(Example.class).write(example);
    return new ConsumerRecord<>("mail.examples", i % 2, i / 2, new byte[0], value);
  }

  private static ExampleIntake excluding() {
    Pipeline pipeline =
        PipelineFile.parse(
            "mail.yaml",
            """
            pipeline: mail
            event: { id: id, time: time }
            model: { pretrained: all-minilm-l6-v2-q }
            features:
              text: { type: text, fields: [text] }
            labels: [ham, spam]
            training:
              { window: 30, balanced: 10, holdout: 10, sourceCap: 0.5,
                exclude: { events: [e1], examples: ['1:20-29'] } }
            """);
    Exclusions rewound = new Exclusions(Set.of(), Set.of("bot"), List.of());
    return new ExampleIntake(pipeline, RecordSerde.json(Example.class), READER, rewound);
  }

  @Test
  void take_excluded_isLeftAsideAndShownToNobody() {
    ExampleIntake intake = excluding();
    List<String> seen = new ArrayList<>();
    Map<SkipReason, Integer> skipped = new HashMap<>();
    for (int i = 0; i < 60; i++) {
      intake
          .take(record(i), (example, usable) -> seen.add(example.getEventId()))
          .ifPresent(reason -> skipped.merge(reason, 1, Integer::sum));
    }
    // A third are of the bot; of the others one is named, and ten lie in the stretch but three.
    assertThat(skipped).containsOnlyKeys(SkipReason.EXCLUDED);
    assertThat(seen).hasSize(60 - skipped.get(SkipReason.EXCLUDED));
    assertThat(intake.select())
        .hasSizeGreaterThan(10)
        .noneMatch(example -> example.source().equals("bot"))
        .noneMatch(example -> example.eventId().equals("e1"))
        .noneMatch(example -> example.partition() == 1 && example.offset() >= 20);
  }

  @Test
  void select_rebuiltInAnotherOrder_isTheSameWithCapsAndExclusions() {
    List<String> expected = null;
    for (long order = 0; order < 20; order++) {
      List<Integer> places =
          IntStream.range(0, 200).boxed().collect(Collectors.toCollection(ArrayList::new));
      Collections.shuffle(places, new Random(order));
      ExampleIntake intake = excluding();
      places.forEach(i -> intake.take(record(i), NOBODY));
      List<String> selected = intake.select().stream().map(example -> example.eventId()).toList();
      expected = expected == null ? selected : expected;
      assertThat(selected).as("order %d", order).isEqualTo(expected).isNotEmpty();
    }
  }
}
