package io.headwater.model.featurise;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.headwater.model.pack.Blobs;
import io.headwater.model.pack.OpenOnce;
import io.headwater.schemas.TextFeature;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;

/**
 * A tokenizer in native memory; whoever opens an equal one while it is open shares it, so that its
 * megabyte of JSON is fetched, checked and parsed once for all versions.
 *
 * <p>Safe for use by several threads: its settings are fixed when it is made and its encoding keeps
 * no state. It ends when the last that opened it closes it, none of whom may use it then.
 */
final class SharedTokenizer implements AutoCloseable {
  private record Key(String digest, int maxTokens) {}

  private static final OpenOnce<Key, HuggingFaceTokenizer> OPEN =
      new OpenOnce<>(HuggingFaceTokenizer::close);

  private final OpenOnce<Key, HuggingFaceTokenizer>.Hold tokenizer;

  private SharedTokenizer(OpenOnce<Key, HuggingFaceTokenizer>.Hold tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Opens a feature's tokenizer; its own truncation and padding are not used.
   *
   * @param blobs asked only where no equal tokenizer is open
   * @throws IllegalArgumentException where it is damaged, holds what is not taken, or adds more
   *     special tokens than the feature has room for
   * @throws io.headwater.model.pack.MissingBlobException where its blob can't be had
   */
  static SharedTokenizer open(TextFeature feature, Blobs blobs) {
    Key key = new Key(feature.getTokenizer(), feature.getMaxTokens());
    return new SharedTokenizer(
        OPEN.open(key, () -> create(key.maxTokens(), blobs.get(key.digest()))));
  }

  /**
   * A text's token ids, special ones included.
   *
   * @throws RuntimeException where the text can't be tokenised; its message may quote it
   */
  long[] encode(String text) {
    return tokenizer.get().encode(text).getIds();
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  private static HuggingFaceTokenizer create(int maxTokens, byte[] json) {
    Map<String, String> options =
        Map.of(
            "truncation", "true",
            "padding", "false",
            "maxLength", Integer.toString(maxTokens),
            "addSpecialTokens", "true");
    byte[] checked = TokenizerCheck.checked(json);
    HuggingFaceTokenizer tokenizer;
    try {
      tokenizer = HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(checked), options);
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("its tokenizer can't be read", e);
    }
    try {
      requireFewSpecialTokens(tokenizer, maxTokens);
      return tokenizer;
    } catch (IllegalArgumentException e) {
      tokenizer.close();
      throw e;
    }
  }

  private static void requireFewSpecialTokens(HuggingFaceTokenizer tokenizer, int maxTokens) {
    int special;
    try {
      special = tokenizer.encode("").getIds().length;
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("its tokenizer can't be run", e);
    }
    if (special > maxTokens) {
      throw new IllegalArgumentException(
          "its tokenizer adds %d tokens to every text, above its maxTokens of %d"
              .formatted(special, maxTokens));
    }
  }
}
