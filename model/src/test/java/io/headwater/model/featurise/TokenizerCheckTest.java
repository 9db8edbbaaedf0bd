package io.headwater.model.featurise;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.headwater.model.pack.Digest;
import io.headwater.schemas.TextFeature;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TokenizerCheckTest {
  private static TextTokens open(byte[] tokenizer) {
    return new TextTokens(
        "text",
        new TextFeature(List.of("it"), Digest.of(tokenizer), 16, 0, 0, "ids", "mask", null),
        digest -> tokenizer);
  }

  private static long[] tokens(int kind, String text) throws FeatureException {
    try (TextTokens tokens = open(HostileTokenizers.sound().get(kind))) {
      return tokens.read(JsonNodeFactory.instance.objectNode().put("it", text));
    }
  }

  @Test
  void checked_usualKinds_giveTheirTokens() throws Exception {
    assertThat(tokens(1, "Good bad film")).containsExactly(2, 4, 5, 6, 7, 8);
    assertThat(tokens(2, "good")).containsExactly(0, 7, 5, 2);
    assertThat(tokens(3, "good b")).containsExactly(2, 2, 3, 4);
  }

  static Stream<String> refused() {
    return HostileTokenizers.refused().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("refused")
  void construct_whatNativeCodeMustNotSee_isRefused(String name) {
    byte[] tokenizer = HostileTokenizers.refused().get(name);
    assertThatThrownBy(() -> open(tokenizer).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("its tokenizer ");
  }

  @Test
  void construct_strideOfATruncationThatIsNotUsed_isLeftOut() throws Exception {
    String toy = new String(HostileTokenizers.sound().get(0), UTF_8);
    String strided =
        toy.replace(
            "\"truncation\": null",
            "\"truncation\": {\"direction\":\"Right\",\"max_length\":512,"
                + "\"strategy\":\"LongestFirst\",\"stride\":500}");
    assertThat(strided).isNotEqualTo(toy);
    try (TextTokens tokens = open(strided.getBytes(UTF_8))) {
      String text = "good ".repeat(100);
      assertThat(tokens.read(JsonNodeFactory.instance.objectNode().put("it", text))).hasSize(16);
    }
  }
}
