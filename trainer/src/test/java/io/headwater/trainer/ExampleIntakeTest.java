package io.headwater.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.schemas.Example;
import io.headwater.schemas.serde.HttpSchemaRegistry;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.serde.RegistryUnavailableException;
import io.headwater.schemas.serde.SchemaRegistry;
import io.headwater.trainer.replay.ExampleReader;
import io.headwater.trainer.replay.SkipReason;
import java.net.URI;
import java.util.List;
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
}
