package io.headwater.model.featurise;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a tokenizer.json may hold, which comes with a version and is run by native code.
 *
 * <p>That code ends the whole process where a file contradicts itself, and does whatever a file
 * says: grow a text a thousandfold, or go over it by a costly expression. So the kinds of its parts
 * and their settings are those of a list, and what is loaded is written anew from what was checked.
 */
final class TokenizerCheck {
  private static final int MAX_BYTES = 64 << 20;
  private static final int MAX_DEPTH = 32;
  private static final int MAX_PARTS = 16;
  private static final int MAX_SPECIAL = 64;
  private static final int MAX_GROWTH = 64;
  private static final int MAX_PREPENDED = 16;
  private static final int MAX_WORD_CHARS = 1_000;

  private static final Set<String> MODELS = Set.of("WordLevel", "WordPiece", "Unigram", "BPE");
  private static final Set<String> NORMALIZERS =
      Set.of(
          "BertNormalizer",
          "ByteLevel",
          "Lowercase",
          "NFC",
          "NFD",
          "NFKC",
          "NFKD",
          "Nmt",
          "Precompiled",
          "Prepend",
          "Replace",
          "Strip",
          "StripAccents");
  private static final Set<String> PRE_TOKENIZERS =
      Set.of(
          "BertPreTokenizer",
          "ByteLevel",
          "CharDelimiterSplit",
          "Digits",
          "Metaspace",
          "Punctuation",
          "Split",
          "UnicodeScripts",
          "Whitespace",
          "WhitespaceSplit");
  private static final Set<String> POST_PROCESSORS =
      Set.of("BertProcessing", "ByteLevel", "RobertaProcessing", "TemplateProcessing");

  /** Those of well-known tokenizers, each of which goes over a text once. */
  private static final Set<String> EXPRESSIONS =
      Set.of(
          " {2,}",
          "\\s+",
          "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
              + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
          "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
              + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
              .build());

  private long growth = 1;
  private int parts;

  private TokenizerCheck() {}

  /**
   * Checks a file.
   *
   * @return the same without its truncation, padding and decoder, which are not used
   * @throws IllegalArgumentException naming what is not taken
   */
  static byte[] checked(byte[] json) {
    require(json.length <= MAX_BYTES, "has more than " + MAX_BYTES + " bytes");
    try {
      if (!(JSON.readTree(json) instanceof ObjectNode file)) {
        throw new IllegalArgumentException("its tokenizer can't be read: it is no object");
      }
      file.putNull("truncation").putNull("padding").putNull("decoder");
      TokenizerCheck check = new TokenizerCheck();
      model(file.path("model"));
      check.parts(file.path("normalizer"), "normalizer", "normalizers", NORMALIZERS);
      check.parts(file.path("pre_tokenizer"), "pre_tokenizer", "pretokenizers", PRE_TOKENIZERS);
      check.parts(file.path("post_processor"), "post_processor", "processors", POST_PROCESSORS);
      return JSON.writeValueAsBytes(file);
    } catch (IOException e) {
      // Left out: it quotes the file.
      throw new IllegalArgumentException("its tokenizer can't be read: not JSON, or nested deeply");
    }
  }

  private static void model(JsonNode model) {
    require(model.isObject(), "has no model");
    JsonNode type = model.path("type");
    require(
        type.isMissingNode() || MODELS.contains(type.asText()),
        "has a model that is none of " + MODELS);
    require(model.path("dropout").asDouble(0) == 0, "leaves merges out by chance (dropout)");
    JsonNode prefix = model.path("continuing_subword_prefix");
    require(
        !model.has("merges") || prefix.asText("").isEmpty() || prefix.isNull(),
        "has merges with a continuing_subword_prefix");
    JsonNode word = model.path("max_input_chars_per_word");
    require(
        word.isMissingNode() || (word.canConvertToInt() && word.asInt() <= MAX_WORD_CHARS),
        "has max_input_chars_per_word above " + MAX_WORD_CHARS);
  }

  private void parts(JsonNode part, String place, String inner, Set<String> allowed) {
    if (part.isMissingNode() || part.isNull()) {
      return;
    }
    parts++;
    require(parts <= MAX_PARTS, "has more than " + MAX_PARTS + " parts");
    String type = part.path("type").asText();
    if (type.equals("Sequence")) {
      require(part.path(inner).isArray(), "has a Sequence without " + inner);
      part.path(inner).forEach(one -> parts(one, place, inner, allowed));
      return;
    }
    require(
        allowed.contains(type), "has a " + place + " that is none of " + allowed + " or Sequence");
    switch (type) {
      case "Precompiled" -> PrecompiledMap.check(part.path("precompiled_charsmap").asText());
      case "Prepend" ->
          require(
              part.path("prepend").asText().length() <= MAX_PREPENDED,
              "prepends more than " + MAX_PREPENDED + " characters");
      case "Replace" -> replacing(part.path("pattern"), part.path("content").asText().length());
      case "Split" -> pattern(part.path("pattern"));
      case "TemplateProcessing" -> template(part);
      default -> {
        // has no setting that does harm
      }
    }
  }

  private void replacing(JsonNode pattern, int length) {
    int least = pattern(pattern);
    int factor = least == 0 ? 1 + length : (Math.max(length, 1) + least - 1) / least;
    growth = Math.min(growth * factor, Integer.MAX_VALUE);
    require(growth <= MAX_GROWTH, "lets a text grow more than " + MAX_GROWTH + " times");
  }

  /** Checks a pattern and gives the least number of characters that it matches. */
  private static int pattern(JsonNode pattern) {
    require(pattern.isObject() && pattern.size() == 1, "has a pattern that is not one");
    JsonNode text = pattern.path("String");
    if (text.isTextual()) {
      return text.asText().length();
    }
    require(
        EXPRESSIONS.contains(pattern.path("Regex").asText()),
        "has a regular expression that is not one of the well-known ones");
    return 1;
  }

  private static void template(JsonNode template) {
    Set<String> special = new HashSet<>();
    for (Map.Entry<String, JsonNode> each : template.path("special_tokens").properties()) {
      int ids = each.getValue().path("ids").size();
      require(
          ids >= 1 && ids <= MAX_SPECIAL && ids == each.getValue().path("tokens").size(),
          "has a special token of no ids, too many, or others than its tokens");
      special.add(each.getKey());
    }
    require(pieces(template.path("single"), special, Set.of("A")) == 1, WRONG_TEMPLATE);
    require(pieces(template.path("pair"), special, Set.of("A", "B")) <= 2, WRONG_TEMPLATE);
  }

  private static final String WRONG_TEMPLATE =
      "has a template that does not hold its text once, or is too long";

  /** How often a template holds a text. */
  private static int pieces(JsonNode template, Set<String> special, Set<String> texts) {
    require(template.size() <= MAX_SPECIAL, WRONG_TEMPLATE);
    int sequences = 0;
    for (JsonNode piece : template) {
      JsonNode text = piece.path("Sequence");
      if (text.isObject()) {
        require(texts.contains(text.path("id").asText()), WRONG_TEMPLATE);
        sequences++;
      } else {
        require(
            special.contains(piece.path("SpecialToken").path("id").asText()),
            "has a template with a special token that it does not say");
      }
    }
    return sequences;
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException("its tokenizer " + problem);
    }
  }
}
