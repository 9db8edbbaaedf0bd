package io.headwater.model.pipeline;

import static io.headwater.model.pipeline.PipelineFiles.SMALLEST;
import static io.headwater.model.pipeline.PipelineFiles.problemsOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.headwater.schemas.CategoryEncoding;
import io.headwater.schemas.ImageChannels;
import io.headwater.schemas.ImageLayout;
import io.headwater.schemas.ImageResize;
import io.headwater.schemas.ImageSource;
import io.headwater.schemas.UnknownCategory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a pipeline file says of features. */
class PipelineFeaturesTest {
  @Test
  void parse_featuresOfEveryType_areTaken() {
    Pipeline pipeline =
        PipelineFile.parse(
            "p.yaml",
            """
            pipeline: p
            model: { pretrained: mini }
            labels: [a, b]
            features:
              words: { fields: [t], input: ids, mask: m, types: y }
              sums: { type: numeric, input: x, fields: [n, m.k], log: [n], mean: [1, -2], impute: 0 }
              ages: { type: numeric, fields: [age], standardise: true, impute: mean }
              place: { type: categorical, field: c, vocabulary: [1, at], unknown: refuse, encoding: index }
              shop: { type: categorical, field: s, buckets: 64, unknown: none }
              photo: { type: image, field: f, channels: bgr, width: 8, resize: cover, layout: nhwc,
                       scale: 0.1, mean: [1, 2, 3], deviation: [2], maxPixels: 100 }
              scan: { type: image, field: g, source: raw, rawWidth: 3, rawHeight: 2, channels: grey }
              face: { type: vector, field: v, dims: [2, 3] }
            """);

    assertThat(pipeline.features())
        .containsExactly(
            new FeatureSpec.Text("words", "ids", "m", "y", List.of("t"), 128),
            new FeatureSpec.Numeric(
                "sums",
                "x",
                List.of("n", "m.k"),
                List.of("n"),
                false,
                List.of(1.0, -2.0),
                List.of(),
                new FeatureSpec.Impute(0.0)),
            new FeatureSpec.Numeric(
                "ages",
                null,
                List.of("age"),
                List.of(),
                true,
                List.of(),
                List.of(),
                new FeatureSpec.Impute(null)),
            new FeatureSpec.Categorical(
                "place",
                null,
                "c",
                List.of("1", "at"),
                UnknownCategory.REFUSE,
                0,
                CategoryEncoding.INDEX),
            new FeatureSpec.Categorical(
                "shop", null, "s", List.of(), UnknownCategory.NONE, 64, CategoryEncoding.ONE_HOT),
            new FeatureSpec.Image(
                "photo",
                null,
                "f",
                ImageSource.ENCODED,
                0,
                0,
                ImageChannels.BGR,
                8,
                0,
                ImageResize.COVER,
                ImageLayout.NHWC,
                0.1,
                List.of(1.0, 2.0, 3.0),
                List.of(2.0),
                100),
            new FeatureSpec.Image(
                "scan",
                null,
                "g",
                ImageSource.RAW,
                3,
                2,
                ImageChannels.GREY,
                0,
                0,
                ImageResize.STRETCH,
                null,
                0.00392156862745098,
                List.of(),
                List.of(),
                4_194_304),
            new FeatureSpec.Vector("face", null, "v", List.of(2, 3)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ type: number, fields: [a] } | type' is 'number', unknown; write categorical or image or",
        "{ type: numeric } | fields' is missing; write",
        "{ type: numeric, fields: [a], dims: [2] } | dims' is a key of vector features, and this one"
            + " is numeric; remove it, or write 'type: vector'",
        "{ type: vector, field: a, fields: [b] } | fields' is a key of text and numeric features",
        "{ type: numeric, fields: [a], log: [b] } | log' names 'b', which 'fields' does not; write one"
            + " of [a]",
        "{ type: numeric, fields: [a], mean: [1, 2] } | mean' has 2 numbers for 1 fields; write one",
        "{ type: numeric, fields: [a], mean: [1], standardise: true } | standardise' is true, and",
        "{ type: numeric, fields: [a], deviation: [0] } | deviation' is '0', out of bounds",
        "{ type: numeric, fields: [a], impute: none } | impute' is 'none', not a number; write a"
            + " number or mean, such as mean",
        "{ type: categorical, field: a } | x' names no values; write one of 'vocabulary', 'vocab",
        "{ type: categorical, field: a, buckets: 8, vocabulary: [b] } | x' has [buckets, vocabulary]",
        "{ type: categorical, field: a, vocabulary: [b, b] } | vocabulary' holds 'b' twice; write",
        "{ type: categorical, field: a, buckets: 8, unknown: none, encoding: index } | unknown' is"
            + " none, and an index has no value for that; write own or refuse, or",
        "{ type: categorical, field: a, vocabularyFile: b.txt } | vocabularyFile' can't be used: the"
            + " pipeline was not read from a file",
        "{ type: image, field: a, source: raw } | source' is raw, which has no size of its own; write",
        "{ type: image, field: a, rawWidth: 3 } | rawWidth' is given, and encoded images tell their",
        "{ type: image, field: a, channels: grey, mean: [1, 2, 3] } | mean' has 3 numbers for 1",
        "{ type: image, field: a, widht: 3 } | widht'; did you mean 'width'?",
      })
  void parse_wrongFeature_saysWhatAndWhatToWrite(String feature, String problem) {
    assertThat(
            problemsOf(
                SMALLEST.replaceAll("(?s)  text:.*\\]\\nlabels", "  x: " + feature + "\nlabels")))
        .singleElement()
        .asString()
        .startsWith("p.yaml:4: ")
        .contains("features.x")
        .contains(problem);
  }

  @Test
  void read_vocabularyFile_isFoundBesideThePipelineFile(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("places.txt"), "at\n\nch\r\nNew York\n");
    Path file =
        Files.writeString(
            folder.resolve("p.yaml"),
            SMALLEST.replace(
                "text:\n    fields: [title, body]",
                "place: { type: categorical, field: c, vocabularyFile: places.txt }"));

    assertThat(((FeatureSpec.Categorical) PipelineFile.read(file).features().get(0)).vocabulary())
        .containsExactly("at", "ch", "New York");

    Files.delete(folder.resolve("places.txt"));
    assertThat(catchThrowableOfType(PipelineFileException.class, () -> PipelineFile.read(file)))
        .hasMessageContaining("'features.place.vocabularyFile' can't be used: there is no file");
  }
}
