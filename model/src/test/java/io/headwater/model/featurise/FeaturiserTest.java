package io.headwater.model.featurise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.onnx.ToyEncoder;
import io.headwater.schemas.TextFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class FeaturiserTest {
  private final Featuriser featuriser =
      new Featuriser("text", feature("mail.subject", "mail.body"), ToyEncoder.tokenizer());

  @AfterEach
  void close() {
    featuriser.close();
  }

  @Test
  void featurise_nestedFields_joinsThemBetweenSpecialTokens() throws Exception {
    Features features =
        featuriser.featurise(json("{'mail': {'subject': 'very good', 'body': 'film'}}"));

    assertThat(features.tokens()).containsExactly(2, 6, 4, 7, 3);
  }

  @Test
  void featurise_laterFieldMissing_goesWithout() throws Exception {
    assertThat(featuriser.featurise(json("{'mail': {'subject': 'bad'}}")).tokens())
        .containsExactly(2, 5, 3);
  }

  @Test
  void featurise_numberAndBoolean_countAsText() throws Exception {
    assertThat(featuriser.featurise(json("{'mail': {'subject': 12, 'body': true}}")).tokens())
        .containsExactly(2, 1, 1, 3);
  }

  @Test
  void featurise_emptyText_isSpecialTokensOnly() throws Exception {
    assertThat(featuriser.featurise(json("{'mail': {'subject': ''}}")).tokens())
        .containsExactly(2, 3);
  }

  @Test
  void featurise_firstFieldMissing_namesIt() {
    for (String event :
        List.of("{}", "[]", "3", "{'mail': 'good'}", "{'mail': {'subject': null}}")) {
      assertThatThrownBy(() -> featuriser.featurise(json(event)))
          .isInstanceOf(FeatureException.class)
          .hasMessage("field 'mail.subject' is missing");
    }
  }

  @Test
  void featurise_fieldThatIsNoText_namesItWithoutItsContent() {
    assertThatThrownBy(
            () -> featuriser.featurise(json("{'mail': {'subject': 'x', 'body': ['secret']}}")))
        .isInstanceOf(FeatureException.class)
        .hasMessage("field 'mail.body' is no text");
  }

  @Test
  void featurise_loneSurrogatesAndNuls_areTolerated() throws Exception {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.putObject("mail").put("subject", "good \uD83D \uDE00 \u0000 \uD83D\uDE00 film");

    long[] tokens = featuriser.featurise(event).tokens();

    assertThat(tokens).startsWith(2, 4).endsWith(7, 3);
  }

  @Test
  void featurise_moreTokensThanAllowed_cutsButKeepsTheLastSpecialToken() throws Exception {
    Features features = featuriser.featurise(subject("good ".repeat(100)));

    assertThat(features.tokens()).hasSize(16).startsWith(2).endsWith(4, 3);
  }

  @Test
  @Timeout(5)
  void featurise_hugeTexts_costLittle() throws Exception {
    for (int i = 0; i < 200; i++) {
      featuriser.featurise(subject("good ".repeat(200_000)));
      featuriser.featurise(subject("x".repeat(1_000_000)));
    }
  }

  @Test
  void featurise_severalThreads_giveWhatOneGives() {
    List<long[]> all = IntStream.range(0, 2_000).parallel().mapToObj(i -> tokens(i % 14)).toList();

    for (int i = 0; i < all.size(); i++) {
      assertThat(all.get(i)).hasSize(2 + i % 14);
    }
  }

  @Test
  void construct_tokenizerThatIsNone_saysSo() {
    byte[] broken = "{}".getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> new Featuriser("text", feature("text"), broken))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tokenizer");
  }

  @Test
  void construct_pathWithAnEmptyName_saysSo() {
    assertThatThrownBy(() -> new Featuriser("text", feature("a..b"), ToyEncoder.tokenizer()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a..b");
  }

  private long[] tokens(int words) {
    try {
      return featuriser.featurise(subject("film ".repeat(words))).tokens();
    } catch (FeatureException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode subject(String text) {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.putObject("mail").put("subject", text);
    return event;
  }

  private static JsonNode json(String text) throws IOException {
    return new ObjectMapper().readTree(text.replace('\'', '"'));
  }

  private static TextFeature feature(String... fields) {
    return new TextFeature(List.of(fields), "unused", 16, 0, "ids", "mask", null);
  }
}
