package io.headwater.model.featurise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.onnx.ToyEncoder;
import io.headwater.schemas.Feature;
import io.headwater.schemas.serde.AvroBounds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every kind of feature promises. */
class FeatureKindsTest {
  static {
    AvroBounds.establish();
  }

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  static List<FeatureSample> samples() {
    return FeatureSample.all();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void featurise_sameEvent_givesTheSame(FeatureSample sample) throws Exception {
    try (Featuriser first = sample.open();
        Featuriser second = sample.open()) {
      for (ObjectNode event : sample.goodEvents()) {
        assertThat(first.featurise(event))
            .usingRecursiveComparison()
            .isEqualTo(first.featurise(event))
            .isEqualTo(second.featurise(event.deepCopy()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void featurise_readFromManifestBytes_givesTheSame(FeatureSample sample) throws Exception {
    Feature read = reread(sample.feature());
    try (Featuriser before = sample.open();
        Featuriser after =
            Featuriser.open(List.of(read), sample.inputs(), digest -> ToyEncoder.tokenizer())) {
      for (ObjectNode event : sample.goodEvents()) {
        assertThat(after.featurise(event))
            .usingRecursiveComparison()
            .isEqualTo(before.featurise(event));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void featurise_missingField_isSaidToBeMissingOrStoodInFor(FeatureSample sample) throws Exception {
    try (Featuriser featuriser = sample.open()) {
      for (JsonNode event :
          List.of(JSON.objectNode(), FeatureSample.event(JSON.nullNode()), JSON.arrayNode())) {
        if (sample.optional()) {
          assertThat(featuriser.featurise(event)).isNotNull();
        } else {
          assertThatThrownBy(() -> featuriser.featurise(event))
              .isInstanceOfSatisfying(
                  FeatureException.class, refused -> assertThat(refused.isMissing()).isTrue())
              .hasMessage("field 'it' is missing");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void featurise_wrongValue_namesTheFieldAndNotItsContent(FeatureSample sample) {
    List<JsonNode> wrong = new ArrayList<>(sample.wrong());
    wrong.add(JSON.objectNode().put("secret", "secret"));
    try (Featuriser featuriser = sample.open()) {
      for (JsonNode value : wrong) {
        assertThatThrownBy(() -> featuriser.featurise(FeatureSample.event(value)))
            .as("%s", value)
            .isInstanceOfSatisfying(
                FeatureException.class, refused -> assertThat(refused.isMissing()).isFalse())
            .hasMessageContaining("field 'it'")
            .hasMessageNotContaining("secret")
            .hasNoCause();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  @Timeout(value = 10, unit = TimeUnit.SECONDS)
  void featurise_hostileValue_costsLittleAndThrowsNothingElse(FeatureSample sample) {
    try (Featuriser featuriser = sample.open()) {
      for (JsonNode value : hostile()) {
        assertRefusedOrTaken(featuriser, value);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void featurise_damagedGoodValue_throwsNothingElse(FeatureSample sample) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (Featuriser featuriser = sample.open()) {
      for (int i = 0; i < 400; i++) {
        JsonNode good = sample.good().get(random.nextInt(sample.good().size()));
        assertRefusedOrTaken(featuriser, damaged(good, random));
      }
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed, e);
    }
  }

  private static void assertRefusedOrTaken(Featuriser featuriser, JsonNode value) {
    Throwable thrown = catchThrowable(() -> featuriser.featurise(FeatureSample.event(value)));
    if (thrown != null) {
      assertThat(thrown).isInstanceOf(FeatureException.class);
      assertThat(thrown.getMessage()).hasSizeLessThan(300);
    }
  }

  private static List<JsonNode> hostile() {
    ArrayNode deep = JSON.arrayNode();
    ArrayNode inner = deep;
    for (int i = 0; i < 60; i++) {
      inner = inner.addArray();
    }
    ArrayNode wide = JSON.arrayNode();
    ArrayNode hollow = JSON.arrayNode();
    for (int i = 0; i < 500_000; i++) {
      wide.add(1);
      hollow.addArray();
    }
    return List.of(
        deep,
        wide,
        hollow,
        JSON.textNode("x".repeat(1_000_000)),
        JSON.textNode("9".repeat(1_000_000)),
        JSON.textNode("A".repeat(4_000_000)),
        JSON.textNode("\uD800".repeat(100_000)),
        JSON.textNode("\0\n\r\t"),
        JSON.textNode("-"),
        JSON.textNode("+.e"),
        JSON.textNode("data:,"),
        JSON.textNode("data:image/png;base64"),
        JSON.binaryNode(new byte[1_000_000]),
        JSON.numberNode(Double.NaN),
        JSON.numberNode(Float.NEGATIVE_INFINITY),
        JSON.numberNode(Long.MIN_VALUE),
        JSON.numberNode(new BigDecimal("1e2000000000")),
        JSON.numberNode(new BigDecimal("-1e-2000000000")),
        JSON.pojoNode(new Object()));
  }

  private static JsonNode damaged(JsonNode good, Random random) {
    if (good.isTextual() && !good.textValue().isEmpty()) {
      StringBuilder text = new StringBuilder(good.textValue());
      for (int i = random.nextInt(4); i >= 0; i--) {
        text.setCharAt(random.nextInt(text.length()), (char) (random.nextInt(96) + 32));
      }
      text.setLength(random.nextInt(4) == 0 ? random.nextInt(text.length()) : text.length());
      return JSON.textNode(text.toString());
    }
    if (good.isArray()) {
      ArrayNode array = good.deepCopy();
      int at = random.nextInt(array.size());
      return random.nextBoolean() ? array.set(at, JSON.textNode("x")) : array.insertArray(at);
    }
    return JSON.numberNode(Double.longBitsToDouble(random.nextLong()));
  }

  private static Feature reread(Feature feature) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new SpecificDatumWriter<>(Feature.class).write(feature, encoder);
    encoder.flush();
    return new SpecificDatumReader<>(Feature.class)
        .read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null));
  }
}
