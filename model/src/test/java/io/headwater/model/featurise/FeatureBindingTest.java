package io.headwater.model.featurise;

import static io.headwater.model.featurise.FeatureSample.input;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.model.onnx.ToyEncoder;
import io.headwater.model.pack.Digest;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.schemas.Feature;
import io.headwater.schemas.ImageFeature;
import io.headwater.schemas.ImageLayout;
import io.headwater.schemas.NumericColumn;
import io.headwater.schemas.NumericFeature;
import io.headwater.schemas.TensorSpec;
import io.headwater.schemas.TextFeature;
import io.headwater.schemas.VectorFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureBindingTest {
  @Test
  void bind_textInputsByName_takesThemAndTheFixedLength() {
    TextFeature text =
        (TextFeature)
            bind(
                    "text: { fields: [a], maxTokens: 64 }",
                    input("attention_mask", "int64", -1, 32),
                    input("input_ids", "int64", -1, 32),
                    input("token_type_ids", "int64", -1, 32))
                .get(0)
                .getSpec();

    assertThat(text)
        .isEqualTo(
            new TextFeature(
                List.of("a"),
                Digest.of(ToyEncoder.tokenizer()),
                32,
                32,
                0,
                "input_ids",
                "attention_mask",
                "token_type_ids"));
  }

  @Test
  void bind_textWithOneInput_hasNoMask() {
    TextFeature text =
        (TextFeature)
            bind("text: { fields: [a] }", input("tokens", "int32", -1, -1)).get(0).getSpec();

    assertThat(text.getIdsInput()).isEqualTo("tokens");
    assertThat(text.getMaskInput()).isNull();
    assertThat(text.getPadTo()).isZero();
  }

  @Test
  void bind_twoTexts_takeTheInputsThatTheyName() throws Exception {
    List<TensorSpec> inputs =
        List.of(
            input("q_ids", "int64", -1, -1),
            input("q_mask", "int64", -1, -1),
            input("a_ids", "int64", -1, -1),
            input("a_mask", "int64", -1, -1));
    List<Feature> features =
        FeatureBinding.bind(
            pipeline(
                "question: { fields: [q], input: q_ids, mask: q_mask }",
                "answer: { fields: [a], input: a_ids, mask: a_mask }"),
            inputs,
            ToyEncoder.tokenizer(),
            Statistics.none());

    try (Featuriser featuriser =
        Featuriser.open(features, inputs, digest -> ToyEncoder.tokenizer())) {
      Features read = featuriser.featurise(json("{'q': 'good', 'a': 'very bad'}"));

      assertThat(read.texts()).isDeepEqualTo(new long[][] {{2, 4, 3}, {2, 6, 5, 3}});
      assertThat(read.length()).isEqualTo(7);
    }
  }

  @Test
  void bind_floatsOfOneInput_areLaidSideBySideInTheFilesOrder() throws Exception {
    List<TensorSpec> inputs = List.of(input("x", "float", -1, 5), input("code", "int64", -1, 1));
    List<Feature> features =
        FeatureBinding.bind(
            pipeline(
                "amounts: { type: numeric, fields: [a, b], log: [b], mean: [1, 0], deviation: [2] }",
                "code: { type: categorical, field: c, vocabulary: [u, v], encoding: index }",
                "place: { type: categorical, field: p, vocabulary: [at, ch] }"),
            inputs,
            null,
            Statistics.none());

    try (Featuriser featuriser = Featuriser.open(features, inputs, digest -> new byte[0])) {
      Features read = featuriser.featurise(json("{'a': 5, 'b': 0, 'c': 'v', 'p': 'ch'}"));

      assertThat(read.numbers()).containsExactly(2, 0, 0, 1, 0);
      assertThat(read.indices()).containsExactly(1);
      assertThat(read.length()).isZero();
    }
  }

  @Test
  void bind_standardised_measuresOnTheSample() throws Exception {
    Pipeline pipeline =
        pipeline("n: { type: numeric, fields: [a, b], log: [b], standardise: true, impute: mean }");
    List<JsonNode> sample =
        List.of(
            json("{'a': 1, 'b': 0}"),
            json("{'a': '3', 'b': 'none'}"),
            json("{'b': 0}"),
            json("{'a': null, 'b': -5}"));
    List<Feature> features =
        FeatureBinding.bind(
            pipeline,
            List.of(input("x", "float", -1, 2)),
            null,
            Statistics.of(pipeline.features(), sample));

    assertThat(features.get(0).getSpec())
        .isEqualTo(
            new NumericFeature(
                "x",
                List.of(
                    new NumericColumn("a", false, 2.0, 1.0, 2.0),
                    new NumericColumn("b", true, 0.0, 1.0, 0.0))));
  }

  @Test
  void bind_meanImputedBehindALogarithm_becomesZero() throws Exception {
    Pipeline pipeline =
        pipeline("n: { type: numeric, fields: [a], log: [a], standardise: true, impute: mean }");
    List<TensorSpec> inputs = List.of(input("x", "float", -1, 1));
    Statistics statistics =
        Statistics.of(pipeline.features(), List.of(json("{'a': 10}"), json("{'a': 1000}")));
    List<Feature> features = FeatureBinding.bind(pipeline, inputs, null, statistics);

    try (Featuriser featuriser = Featuriser.open(features, inputs, digest -> new byte[0])) {
      assertThat(featuriser.featurise(json("{}")).numbers()[0]).isCloseTo(0, within(1e-6f));
      assertThat(featuriser.featurise(json("{'a': 1000}")).numbers()[0])
          .isCloseTo(1, within(1e-6f));
    }
  }

  @Test
  void bind_image_takesSizeAndLayoutFromTheModel() {
    ImageFeature first =
        (ImageFeature)
            bind("p: { type: image, field: f }", input("x", "float", -1, 3, 48, 320))
                .get(0)
                .getSpec();
    ImageFeature last =
        (ImageFeature)
            bind(
                    "p: { type: image, field: f, channels: grey, width: 8, height: 9 }",
                    input("x", "float", -1, -1, -1, 1))
                .get(0)
                .getSpec();

    assertThat(List.of(first.getWidth(), first.getHeight())).containsExactly(320, 48);
    assertThat(first.getLayout()).isEqualTo(ImageLayout.NCHW);
    assertThat(first.getMean()).containsExactly(0.0, 0.0, 0.0);
    assertThat(last.getLayout()).isEqualTo(ImageLayout.NHWC);
    assertThat(last.getDeviation()).containsExactly(1.0);
  }

  @Test
  void bind_vector_takesItsDimsFromTheModel() {
    assertThat(
            bind("v: { type: vector, field: f }", input("x", "float", -1, 2, 3)).get(0).getSpec())
        .isEqualTo(new VectorFeature("x", "f", List.of(2, 3)));
  }

  @Test
  void bind_whatDoesNotFit_namesFeatureAndInput() {
    assertRefused(
        "feature 'n' finds no free input (float [batch, numbers]); the model's are 'ids' (int64"
            + " [free, free])",
        "n: { type: numeric, fields: [a] }",
        input("ids", "int64", -1, -1));
    assertRefused(
        "feature 'n' fits several inputs: 'x' (float [free, 1]), 'y' (float [free, 1]); write",
        "n: { type: numeric, fields: [a] }",
        input("x", "float", -1, 1),
        input("y", "float", -1, 1));
    assertRefused(
        "input 'x' (float [free, 3]) does not fit its features: 'n' gives [2]",
        "n: { type: numeric, fields: [a, b] }",
        input("x", "float", -1, 3));
    assertRefused(
        "feature 'n' wants the input 'z' (float [batch, numbers]), and the model's are 'x' (float",
        "n: { type: numeric, fields: [a], input: z }",
        input("x", "float", -1, 1));
    assertRefused(
        "input 'y' (float [free, 1]) is fed by no feature; write one with 'input: y'",
        "n: { type: numeric, fields: [a], input: x }",
        input("x", "float", -1, 1),
        input("y", "float", -1, 1));
    assertRefused(
        "input 'x' (float [free, 3, 8, 8]) does not fit its features: 'p' gives [3, 4, 8]",
        "p: { type: image, field: f, height: 4 }",
        input("x", "float", -1, 3, 8, 8));
    assertRefused(
        "feature 'p' needs a height: 'x' (float [free, 3, free, free]) takes any; write 'height'",
        "p: { type: image, field: f }",
        input("x", "float", -1, 3, -1, -1));
    assertRefused(
        "feature 'p' has 3 channels, and 'x' (float [free, 1, 8, 8]) does not tell where they go",
        "p: { type: image, field: f }",
        input("x", "float", -1, 1, 8, 8));
    assertRefused(
        "feature 'v' needs dims: 'x' (float [free, free]) takes any; write 'dims'",
        "v: { type: vector, field: f }",
        input("x", "float", -1, -1));
    assertRefused(
        "feature 'n' finds no free input (float [batch, numbers]); the model's are 'x' (float16",
        "n: { type: numeric, fields: [a] }",
        input("x", "float16", -1, 1));
    assertRefused(
        "input 'x' (float [8, 1]) takes exactly 8 events at once; export the model with a free",
        "n: { type: numeric, fields: [a] }",
        input("x", "float", 8, 1));
    assertRefused(
        "feature 'n' standardises field 'a', and there is no event with a number there to measure",
        "n: { type: numeric, fields: [a], standardise: true }",
        input("x", "float", -1, 1));
  }

  @Test
  void bind_severalThatDoNotFit_areNamedTogether() {
    assertThatThrownBy(
            () ->
                FeatureBinding.bind(
                    pipeline(
                        "n: { type: numeric, fields: [a], input: y }",
                        "v: { type: vector, field: f, input: z }"),
                    List.of(input("x", "float", -1, 1)),
                    null,
                    Statistics.none()))
        .hasMessageContaining("feature 'n' wants the input 'y'")
        .hasMessageContaining("feature 'v' wants the input 'z'");
  }

  @Test
  void bind_textWithoutTokenizer_saysSo() {
    assertThatThrownBy(
            () ->
                FeatureBinding.bind(
                    pipeline("t: { fields: [a] }"),
                    List.of(input("ids", "int64", -1, -1)),
                    null,
                    Statistics.none()))
        .hasMessage("feature 't' is text, and there is no tokenizer; give its tokenizer.json");
  }

  @Test
  void bind_tokenizerWithAPaddingToken_fillsUpWithIt() {
    String json = new String(ToyEncoder.tokenizer(), UTF_8);
    byte[] roberta =
        json.replace(
                "\"padding\": null",
                "\"padding\": {\"strategy\": \"BatchLongest\", \"direction\": \"Right\","
                    + " \"pad_to_multiple_of\": null, \"pad_id\": 7, \"pad_type_id\": 0,"
                    + " \"pad_token\": \"film\"}")
            .getBytes(UTF_8);
    List<Feature> features =
        FeatureBinding.bind(
            pipeline("t: { fields: [a] }"),
            List.of(input("ids", "int64", -1, -1)),
            roberta,
            Statistics.none());

    assertThat(((TextFeature) features.get(0).getSpec()).getPadId()).isEqualTo(7);
  }

  @Test
  void bind_batchOfOne_isKept() {
    List<TensorSpec> inputs = List.of(input("x", "float", 1, 1));
    List<Feature> features = bind("n: { type: numeric, fields: [a] }", inputs.get(0));

    try (Featuriser featuriser = Featuriser.open(features, inputs, digest -> new byte[0])) {
      assertThat(featuriser.layout().oneByOne()).isTrue();
    }
  }

  private static void assertRefused(String message, String feature, TensorSpec... inputs) {
    assertThatThrownBy(() -> bind(feature, inputs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static List<Feature> bind(String feature, TensorSpec... inputs) {
    return FeatureBinding.bind(
        pipeline(feature), List.of(inputs), ToyEncoder.tokenizer(), Statistics.none());
  }

  private static Pipeline pipeline(String... features) {
    List<String> lines = new ArrayList<>();
    lines.add("pipeline: p");
    lines.add("model: { pretrained: m }");
    lines.add("labels: [a, b]");
    lines.add("features:");
    for (String feature : features) {
      lines.add("  " + feature);
    }
    return PipelineFile.parse("p.yaml", String.join("\n", lines));
  }

  private static JsonNode json(String text) throws IOException {
    return new ObjectMapper().readTree(text.replace('\'', '"'));
  }
}
