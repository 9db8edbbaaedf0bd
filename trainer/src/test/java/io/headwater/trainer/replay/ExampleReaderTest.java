package io.headwater.trainer.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.schemas.Activation;
import io.headwater.schemas.EventPointer;
import io.headwater.schemas.Example;
import io.headwater.trainer.replay.ExampleReader.Skipped;
import io.headwater.trainer.replay.ExampleReader.Usable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExampleReaderTest {
  private final ExampleReader reader = new ExampleReader(List.of("ham", "spam"), "prefix", 2);

  private static Example.Builder example(float... activation) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * activation.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(activation);
    return Example.newBuilder()
        .setEventId("e1")
        .setEventTime(Instant.ofEpochMilli(5))
        .setLabel("spam")
        .setLabeledAt(Instant.ofEpochMilli(9))
        .setScores(List.of())
        .setActivation(new Activation("prefix", bytes))
        .setEvent(new EventPointer("t", 0, 0L));
  }

  private void assertSkipped(Example example, SkipReason reason) {
    assertThat(reader.read(example, 1, 7)).isEqualTo(new Skipped(reason));
  }

  @Test
  void read_wholeExample_isUsable() {
    Usable usable = (Usable) reader.read(example(1, -2).setRevision(3).build(), 1, 7);
    assertThat(usable.example().activation()).containsExactly(1, -2);
    assertThat(usable.example())
        .extracting("eventId", "revision", "labeledAt", "eventTime", "classIndex", "weight")
        .containsExactly("e1", 3, 9L, 5L, 1, 1f);
    assertThat(usable.example()).extracting("partition", "offset").containsExactly(1, 7L);
  }

  @Test
  void read_propensity_weighsByItsInverseWithinBounds() {
    Usable half = (Usable) reader.read(example(1, 2).setPropensity(0.5f).build(), 1, 7);
    Usable rare = (Usable) reader.read(example(1, 2).setPropensity(1e-9f).build(), 1, 7);
    assertThat(half.example().weight()).isEqualTo(2);
    assertThat(rare.example().weight()).isEqualTo(20);
  }

  @Test
  void read_unknownLabel_isSkipped() {
    assertSkipped(example(1, 2).setLabel("eggs").build(), SkipReason.UNKNOWN_LABEL);
  }

  @Test
  void read_noActivation_isSkipped() {
    assertSkipped(example(1, 2).setActivation(null).build(), SkipReason.NO_ACTIVATION);
  }

  @Test
  void read_otherPrefix_isNeverMixedIn() {
    Activation other = new Activation("other", ByteBuffer.allocate(8));
    assertSkipped(example(1, 2).setActivation(other).build(), SkipReason.OTHER_PREFIX);
  }

  @Test
  void read_whereEventsAreLookedUp_usesWhatHasNoActivation() {
    ExampleReader looking = new ExampleReader(List.of("ham", "spam"), "prefix", 2, true);
    Activation other = new Activation("other", ByteBuffer.allocate(8));
    for (Activation logged : Arrays.asList(null, other)) {
      Usable usable = (Usable) looking.read(example(1, 2).setActivation(logged).build(), 1, 7);
      assertThat(usable.example().activation()).isNull();
      assertThat(usable.example().event()).isEqualTo(new EventAt("t", 0, 0));
    }
    Usable own = (Usable) looking.read(example(1, 2).build(), 1, 7);
    assertThat(own.example().activation()).containsExactly(1, 2);
  }

  @Test
  void read_otherWidth_isSkipped() {
    assertSkipped(example(1, 2, 3).build(), SkipReason.BAD_ACTIVATION);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void read_activationNotFinite_isSkipped(float value) {
    assertSkipped(example(1, value).build(), SkipReason.BAD_ACTIVATION);
  }

  @ParameterizedTest
  @ValueSource(floats = {0, -1, Float.NaN, Float.POSITIVE_INFINITY})
  void read_weightNotPositive_isSkipped(float weight) {
    assertSkipped(example(1, 2).setWeight(weight).build(), SkipReason.BAD_WEIGHT);
  }
}
