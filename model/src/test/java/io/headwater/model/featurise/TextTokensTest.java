package io.headwater.model.featurise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.onnx.ToyEncoder;
import io.headwater.model.pack.Blobs;
import io.headwater.schemas.TextFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TextTokensTest {
  private final TextTokens feature =
      new TextTokens(
          "text", feature("mail.subject", "mail.body"), digest -> ToyEncoder.tokenizer());

  @AfterEach
  void close() {
    feature.close();
  }

  @Test
  void read_nestedFields_joinsThemBetweenSpecialTokens() throws Exception {
    long[] tokens = feature.read(json("{'mail': {'subject': 'very good', 'body': 'film'}}"));

    assertThat(tokens).containsExactly(2, 6, 4, 7, 3);
  }

  @Test
  void read_laterFieldMissing_goesWithout() throws Exception {
    assertThat(feature.read(json("{'mail': {'subject': 'bad'}}"))).containsExactly(2, 5, 3);
  }

  @Test
  void read_numberAndBoolean_countAsText() throws Exception {
    assertThat(feature.read(json("{'mail': {'subject': 12, 'body': true}}")))
        .containsExactly(2, 1, 1, 3);
  }

  @Test
  void read_emptyText_isSpecialTokensOnly() throws Exception {
    assertThat(feature.read(json("{'mail': {'subject': ''}}"))).containsExactly(2, 3);
  }

  @Test
  void read_laterFieldThatIsNoText_namesIt() {
    assertThatThrownBy(() -> feature.read(json("{'mail': {'subject': 'x', 'body': ['secret']}}")))
        .isInstanceOf(FeatureException.class)
        .hasMessage("field 'mail.body' is no text");
  }

  @Test
  void read_loneSurrogatesAndNuls_areTolerated() throws Exception {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.putObject("mail").put("subject", "good \uD83D \uDE00 \u0000 \uD83D\uDE00 film");

    long[] tokens = feature.read(event);

    assertThat(tokens).startsWith(2, 4).endsWith(7, 3);
  }

  @Test
  void read_moreTokensThanAllowed_cutsButKeepsTheLastSpecialToken() throws Exception {
    long[] tokens = feature.read(subject("good ".repeat(100)));

    assertThat(tokens).hasSize(16).startsWith(2).endsWith(4, 3);
  }

  @Test
  @Timeout(5)
  void read_hugeTexts_costLittle() throws Exception {
    for (int i = 0; i < 200; i++) {
      feature.read(subject("good ".repeat(200_000)));
      feature.read(subject("x".repeat(1_000_000)));
    }
  }

  @Test
  void read_severalThreads_giveWhatOneGives() {
    List<long[]> all = IntStream.range(0, 2_000).parallel().mapToObj(i -> tokens(i % 14)).toList();

    for (int i = 0; i < all.size(); i++) {
      assertThat(all.get(i)).hasSize(2 + i % 14);
    }
  }

  @Test
  void construct_tokenizerThatIsNone_saysSo() {
    byte[] broken = "{}".getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> new TextTokens("text", of("broken", "text"), digest -> broken))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tokenizer");
  }

  @Test
  void construct_equalTokenizerIsOpen_isSharedAndOutlivesTheFirst() throws Exception {
    List<String> fetched = new ArrayList<>();
    Blobs blobs =
        digest -> {
          fetched.add(digest);
          return ToyEncoder.tokenizer();
        };
    TextTokens first = new TextTokens("first", of("shared", "text"), blobs);
    try (TextTokens second = new TextTokens("second", of("shared", "text"), blobs)) {
      first.close();
      first.close();

      assertThat(second.read(json("{'text': 'bad'}"))).containsExactly(2, 5, 3);
    }
    new TextTokens("third", of("shared", "text"), blobs).close();

    assertThat(fetched).containsExactly("shared", "shared");
  }

  @Test
  void construct_pathWithAnEmptyName_saysSo() {
    assertThatThrownBy(
            () -> new TextTokens("text", feature("a..b"), digest -> ToyEncoder.tokenizer()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a..b");
  }

  private long[] tokens(int words) {
    try {
      return feature.read(subject("film ".repeat(words)));
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
    return of("toy", fields);
  }

  private static TextFeature of(String tokenizer, String... fields) {
    return new TextFeature(List.of(fields), tokenizer, 16, 0, 0, "ids", "mask", null);
  }
}
