package io.headwater.model.featurise;

import io.headwater.model.pack.Digest;
import io.headwater.model.pipeline.FeatureSpec;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.schemas.CategoricalFeature;
import io.headwater.schemas.CategoryEncoding;
import io.headwater.schemas.Feature;
import io.headwater.schemas.ImageChannels;
import io.headwater.schemas.ImageFeature;
import io.headwater.schemas.ImageLayout;
import io.headwater.schemas.NumericColumn;
import io.headwater.schemas.NumericFeature;
import io.headwater.schemas.TensorSpec;
import io.headwater.schemas.TextFeature;
import io.headwater.schemas.VectorFeature;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Binds what a pipeline file says of its features to a model's inputs, as a manifest holds it. */
public final class FeatureBinding {
  private static final int IMAGE_RANK = 4;

  private final FreeInputs inputs;
  private final byte @Nullable [] tokenizer;
  private final Statistics statistics;

  private FeatureBinding(FreeInputs inputs, byte @Nullable [] tokenizer, Statistics statistics) {
    this.inputs = inputs;
    this.tokenizer = tokenizer;
    this.statistics = statistics;
  }

  /**
   * Binds each feature to the input that it names, or to the one that fits it.
   *
   * @param modelInputs every input of the whole model; dims of -1 are free
   * @param tokenizer bytes of a tokenizer.json; needed by texts alone. Its blob must be put beside
   *     the manifest's others
   * @param statistics measured for the fields that are to be standardised
   * @throws IllegalArgumentException naming every feature and input that do not fit each other
   */
  public static List<Feature> bind(
      Pipeline pipeline,
      List<TensorSpec> modelInputs,
      byte @Nullable [] tokenizer,
      Statistics statistics) {
    FeatureBinding binding =
        new FeatureBinding(new FreeInputs(pipeline.features(), modelInputs), tokenizer, statistics);
    List<Feature> features = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (FeatureSpec spec : pipeline.features()) {
      try {
        features.add(new Feature(spec.name(), binding.bind(spec)));
      } catch (IllegalArgumentException e) {
        problems.add("feature '" + spec.name() + "' " + e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    Featuriser.open(features, modelInputs, digest -> binding.tokenizer()).close();
    return features;
  }

  private Object bind(FeatureSpec spec) {
    if (spec instanceof FeatureSpec.Text text) {
      return bind(text);
    } else if (spec instanceof FeatureSpec.Numeric numeric) {
      return bind(numeric);
    } else if (spec instanceof FeatureSpec.Categorical categorical) {
      return bind(categorical);
    } else if (spec instanceof FeatureSpec.Image image) {
      return bind(image);
    }
    return bind((FeatureSpec.Vector) spec);
  }

  private TextFeature bind(FeatureSpec.Text text) {
    FreeInputs.Tokens tokens = inputs.tokens(text);
    byte[] json = tokenizer();
    long fixed = tokens.ids().getDims().get(1);
    int padTo = fixed > 0 ? Math.toIntExact(fixed) : 0;
    return TextFeature.newBuilder()
        .setFields(text.fields())
        .setTokenizer(Digest.of(json))
        .setMaxTokens(padTo > 0 ? Math.min(padTo, text.maxTokens()) : text.maxTokens())
        .setPadTo(padTo)
        .setPadId(PaddingToken.of(json))
        .setIdsInput(tokens.ids().getName())
        .setMaskInput(tokens.mask())
        .setTypesInput(tokens.types())
        .build();
  }

  private byte[] tokenizer() {
    if (tokenizer == null) {
      throw new IllegalArgumentException(
          "is text, and there is no tokenizer; give its tokenizer.json");
    }
    return tokenizer;
  }

  private NumericFeature bind(FeatureSpec.Numeric numeric) {
    TensorSpec input = inputs.floats(numeric, "float [batch, numbers]");
    List<NumericColumn> columns = new ArrayList<>();
    for (int i = 0; i < numeric.fields().size(); i++) {
      String field = numeric.fields().get(i);
      boolean log = numeric.log().contains(field);
      double mean = at(numeric.mean(), i, 0);
      double deviation = at(numeric.deviation(), i, 1);
      if (numeric.standardise()) {
        Statistics.Moments moments = measured(field, log);
        mean = moments.mean();
        deviation = moments.deviation();
      }
      columns.add(
          new NumericColumn(field, log, mean, deviation, impute(numeric.impute(), log, mean)));
    }
    return new NumericFeature(input.getName(), columns);
  }

  private Statistics.Moments measured(String field, boolean log) {
    return statistics
        .of(field, log)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "standardises field '"
                        + field
                        + "', and there is no event with a number there to measure; give events of its"
                        + " kind with --source-sample, or write 'mean' and 'deviation'"));
  }

  private static @Nullable Double impute(
      FeatureSpec.@Nullable Impute impute, boolean log, double mean) {
    if (impute == null) {
      return null;
    }
    Double value = impute.value();
    return value != null ? value : (Double) (log ? Math.expm1(mean) : mean);
  }

  private CategoricalFeature bind(FeatureSpec.Categorical categorical) {
    TensorSpec input =
        categorical.encoding() == CategoryEncoding.INDEX
            ? inputs.indices(categorical)
            : inputs.floats(categorical, "float [batch, indices]");
    return new CategoricalFeature(
        input.getName(),
        categorical.field(),
        categorical.vocabulary(),
        categorical.unknown(),
        categorical.buckets(),
        categorical.encoding());
  }

  private ImageFeature bind(FeatureSpec.Image image) {
    TensorSpec input = inputs.image(image);
    int channels = image.channels() == ImageChannels.GREY ? Bitmap.GREY : Bitmap.RGB;
    List<Long> dims = input.getDims();
    ImageLayout layout =
        Optional.ofNullable(image.layout()).orElseGet(() -> layout(input, channels));
    int heightAt = layout == ImageLayout.NCHW ? 2 : 1;
    int height = side("height", image.height(), dims.get(heightAt), input);
    int width = side("width", image.width(), dims.get(heightAt + 1), input);
    return ImageFeature.newBuilder()
        .setInput(input.getName())
        .setField(image.field())
        .setSource(image.source())
        .setRawWidth(image.rawWidth())
        .setRawHeight(image.rawHeight())
        .setChannels(image.channels())
        .setWidth(width)
        .setHeight(height)
        .setResize(image.resize())
        .setLayout(layout)
        .setScale(image.scale())
        .setMean(perChannel(image.mean(), channels, 0))
        .setDeviation(perChannel(image.deviation(), channels, 1))
        .setMaxPixels(image.maxPixels())
        .build();
  }

  private static ImageLayout layout(TensorSpec input, int channels) {
    List<Long> dims = input.getDims();
    boolean first = dims.get(1) == channels;
    boolean last = dims.get(IMAGE_RANK - 1) == channels;
    if (first == last) {
      throw new IllegalArgumentException(
          "has %d channels, and %s does not tell where they go; write 'layout: nchw' or 'layout: nhwc', or other 'channels'"
              .formatted(channels, LayoutPlan.described(List.of(input))));
    }
    return first ? ImageLayout.NCHW : ImageLayout.NHWC;
  }

  private static int side(String name, int given, long fixed, TensorSpec input) {
    if (given == 0 && fixed < 1) {
      throw new IllegalArgumentException(
          "needs a %s: %s takes any; write '%s'"
              .formatted(name, LayoutPlan.described(List.of(input)), name));
    }
    return given > 0 ? given : Math.toIntExact(fixed);
  }

  private VectorFeature bind(FeatureSpec.Vector vector) {
    TensorSpec input = inputs.floats(vector, "float [batch, numbers]");
    List<Integer> dims = vector.dims();
    if (dims.isEmpty()) {
      List<Long> wanted = input.getDims().subList(1, input.getDims().size());
      if (wanted.stream().anyMatch(dim -> dim < 1)) {
        throw new IllegalArgumentException(
            "needs dims: %s takes any; write 'dims'"
                .formatted(LayoutPlan.described(List.of(input))));
      }
      dims = wanted.stream().map(Math::toIntExact).toList();
    }
    return new VectorFeature(input.getName(), vector.field(), dims);
  }

  private static double at(List<Double> values, int index, double otherwise) {
    return values.isEmpty() ? otherwise : values.get(values.size() == 1 ? 0 : index);
  }

  private static List<Double> perChannel(List<Double> values, int channels, double otherwise) {
    return values.size() == channels
        ? values
        : Collections.nCopies(channels, at(values, 0, otherwise));
  }
}
