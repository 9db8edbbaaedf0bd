package io.headwater.model.featurise;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.headwater.model.onnx.ToyEncoder;
import io.headwater.model.pack.Digest;
import io.headwater.schemas.TextFeature;
import io.headwater.schemas.fuzz.Fuzz;
import io.headwater.schemas.fuzz.Mutation;
import io.headwater.schemas.fuzz.Untrusted;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Events, pictures and tokenizers that nobody vouches for end in features, in the declared
 * exception, and never in the native code's own ways to end.
 */
class FeaturesFuzzTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_TOKENS = 16;
  private static final FieldPath FIELD = FieldPath.of("it");
  private static final List<Featuriser> FEATURISERS =
      FeatureSample.all().stream().map(FeatureSample::open).toList();
  private static final byte[] EVENT = "{\"it\": [1.5, \"AAECAwQF\", true, -2]}".getBytes(UTF_8);
  private static final byte[] PNG = picture("png", BufferedImage.TYPE_INT_RGB);
  private static final byte[] PALETTE = picture("png", BufferedImage.TYPE_BYTE_INDEXED);
  private static final byte[] JPEG = picture("jpeg", BufferedImage.TYPE_INT_RGB);

  private static byte[] picture(String format, int type) {
    return Untrusted.sound(
        FeatureSample.file(format, new BufferedImage(9, 7, type)), FeaturesFuzzTest::decode);
  }

  private static Bitmap decode(byte[] file) throws FeatureException {
    return EncodedImage.decode(file, FIELD, 10_000);
  }

  @AfterContainer
  static void close() {
    FEATURISERS.forEach(Featuriser::close);
  }

  @Provide
  Arbitrary<byte[]> pictures() {
    return Arbitraries.of(PNG, PALETTE, JPEG);
  }

  @Fuzz
  void decode_picture_isDecodedOrRefused(
      @ForAll("pictures") byte[] seed, @ForAll(supplier = Mutation.Any.class) Mutation mutation) {
    byte[] file = mutation.of(seed, seed == PNG ? PALETTE : PNG);
    Untrusted.read(file, FeaturesFuzzTest::decode, FeatureException.class);
  }

  @Fuzz
  void featurise_event_givesFeaturesOrIsRefused(
      @ForAll(supplier = Mutation.Any.class) Mutation mutation) {
    JsonNode event;
    byte[] bytes = mutation.of(EVENT);
    try {
      event = JSON.readTree(bytes);
    } catch (IOException e) {
      return;
    }
    for (Featuriser featuriser : FEATURISERS) {
      Untrusted.read(bytes, any -> featuriser.featurise(event), FeatureException.class);
      JsonNode inner = FeatureSample.event(event);
      Untrusted.read(bytes, any -> featuriser.featurise(inner), FeatureException.class);
    }
  }

  private static long[] tokens(byte[] tokenizer) throws FeatureException {
    TextFeature spec =
        new TextFeature(List.of("it"), Digest.of(tokenizer), MAX_TOKENS, 0, 0, "ids", "mask", null);
    try (TextTokens text = new TextTokens("text", spec, digest -> tokenizer)) {
      JsonNode event =
          JsonNodeFactory.instance.objectNode().put("it", "good bad very film ".repeat(30));
      return text.read(event);
    }
  }

  @Provide
  Arbitrary<byte[]> tokenizers() {
    return Arbitraries.of(HostileTokenizers.sound())
        .map(json -> Untrusted.sound(json, FeaturesFuzzTest::tokens));
  }

  @Fuzz
  void tokens_ofATokenizer_areFewEnoughOrItIsRefused(
      @ForAll("tokenizers") byte[] seed, @ForAll(supplier = Mutation.Any.class) Mutation mutation) {
    byte[] json = mutation.of(seed, ToyEncoder.tokenizer());
    try {
      Untrusted.read(json, FeaturesFuzzTest::tokens, IllegalArgumentException.class)
          .ifPresent(tokens -> assertThat(tokens.length).isLessThanOrEqualTo(MAX_TOKENS));
    } catch (AssertionError e) {
      if (!(e.getCause() instanceof FeatureException)) {
        throw e;
      }
    }
  }
}
