package io.headwater.model.featurise;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Set;

/** The token that a tokenizer.json fills batches up with. */
final class PaddingToken {
  private static final Set<String> NAMES = Set.of("[PAD]", "<pad>");

  private PaddingToken() {}

  /** Its id: the one set for padding, else that of the token named so, else 0. */
  static int of(byte[] tokenizer) {
    JsonNode json;
    try {
      json = new ObjectMapper().readTree(tokenizer);
    } catch (IOException e) {
      throw new IllegalArgumentException("its tokenizer can't be read; give a tokenizer.json", e);
    }
    JsonNode set = json.path("padding").path("pad_id");
    if (set.isIntegralNumber()) {
      return Math.max(0, set.asInt());
    }
    for (JsonNode token : json.path("added_tokens")) {
      if (NAMES.contains(token.path("content").asText())) {
        return Math.max(0, token.path("id").asInt());
      }
    }
    return 0;
  }
}
