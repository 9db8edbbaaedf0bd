package io.headwater.model.featurise;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.onnx.ToyEncoder;
import io.headwater.schemas.CategoricalFeature;
import io.headwater.schemas.CategoryEncoding;
import io.headwater.schemas.Feature;
import io.headwater.schemas.ImageChannels;
import io.headwater.schemas.ImageFeature;
import io.headwater.schemas.ImageLayout;
import io.headwater.schemas.ImageResize;
import io.headwater.schemas.ImageSource;
import io.headwater.schemas.NumericColumn;
import io.headwater.schemas.NumericFeature;
import io.headwater.schemas.TensorSpec;
import io.headwater.schemas.TextFeature;
import io.headwater.schemas.UnknownCategory;
import io.headwater.schemas.VectorFeature;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * One feature of each kind, with values that it takes and refuses: what every kind must pass is
 * tested on all of them.
 *
 * @param inputs of a model that takes the feature alone
 * @param good values of the field {@code it}, of different kinds or sizes
 * @param wrong values that are refused, besides objects
 * @param optional whether a missing value has a stand-in
 */
public record FeatureSample(
    Feature feature,
    List<TensorSpec> inputs,
    List<JsonNode> good,
    List<JsonNode> wrong,
    boolean optional) {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  public static List<FeatureSample> all() {
    return List.of(text(), numeric(), oneHot(), hashed(), index(), image(), raw(), vector());
  }

  public static FeatureSample text() {
    TextFeature spec = new TextFeature(List.of("it"), "unused", 16, 0, 0, "ids", "mask", null);
    return new FeatureSample(
        new Feature("words", spec),
        List.of(input("ids", "int64", -1, -1), input("mask", "int64", -1, -1)),
        nodes("'good'", "'very bad film'", "''", "12", "true", "'\uD83D x \uDE00'"),
        nodes("['secret']"),
        false);
  }

  public static FeatureSample numeric() {
    NumericFeature spec =
        new NumericFeature("x", List.of(new NumericColumn("it", false, 2.0, 4.0, null)));
    return new FeatureSample(
        new Feature("amount", spec),
        List.of(input("x", "float", -1, 1)),
        nodes("10", "-1.5e2", "'7.25'", "true", "1e38"),
        nodes("'secret'", "'NaN'", "'0x1p3'", "'1f'", "1e40", "1e400", "[1]"),
        false);
  }

  public static FeatureSample oneHot() {
    return new FeatureSample(
        new Feature("place", category(List.of("at", "3"), UnknownCategory.OWN, 0, false)),
        List.of(input("x", "float", -1, 3)),
        nodes("'at'", "3", "'elsewhere'", "''", "'\uD83D'"),
        nodes("['secret']"),
        true);
  }

  public static FeatureSample hashed() {
    return new FeatureSample(
        new Feature("place", category(List.of(), UnknownCategory.NONE, 8, false)),
        List.of(input("x", "float", -1, 8)),
        nodes("'at'", "3", "false", "'elsewhere'", "'\uD83D'"),
        nodes("['secret']"),
        true);
  }

  public static FeatureSample index() {
    return new FeatureSample(
        new Feature("place", category(List.of("at", "ch"), UnknownCategory.REFUSE, 0, true)),
        List.of(input("x", "int64", -1)),
        nodes("'at'", "'ch'"),
        nodes("'secret'", "[0]", "0"),
        false);
  }

  public static FeatureSample image() {
    ImageFeature spec = picture(ImageSource.ENCODED, ImageResize.CONTAIN).build();
    return new FeatureSample(
        new Feature("photo", spec),
        List.of(input("x", "float", -1, 3, 4, 6)),
        List.of(encoded("png", 3, 2), encoded("jpeg", 40, 30), encoded("png", 1, 9)),
        nodes("'secret'", "'AAAA'", "7", "['x']"),
        false);
  }

  public static FeatureSample raw() {
    ImageFeature spec =
        picture(ImageSource.RAW, ImageResize.STRETCH).setRawWidth(2).setRawHeight(1).build();
    return new FeatureSample(
        new Feature("photo", spec),
        List.of(input("x", "float", -1, 3, 4, 6)),
        List.of(JSON.textNode("AAECAwQF"), JSON.binaryNode(new byte[6])),
        nodes("'secret'", "'AAEC'", "'AAECAwQFBgcI'", "7"),
        false);
  }

  public static FeatureSample vector() {
    return new FeatureSample(
        new Feature("embedding", new VectorFeature("x", "it", List.of(2, 2))),
        List.of(input("x", "float", -1, 2, 2)),
        nodes("[1, 2, 3, 4]", "[[1, -2.5], [3e5, 4]]"),
        nodes("[1, 2, 3]", "[1, 2, 3, 4, 5]", "['secret', 1, 2, 3]", "[1, 2, 3, 1e39]", "4", "[]"),
        false);
  }

  /** Its featuriser; the caller closes it. */
  public Featuriser open() {
    return Featuriser.open(List.of(feature), inputs, digest -> ToyEncoder.tokenizer());
  }

  public static ObjectNode event(JsonNode value) {
    ObjectNode event = JSON.objectNode();
    event.set("it", value);
    return event;
  }

  public List<ObjectNode> goodEvents() {
    return good.stream().map(FeatureSample::event).toList();
  }

  static CategoricalFeature category(
      List<String> vocabulary, UnknownCategory unknown, int buckets, boolean index) {
    return new CategoricalFeature(
        "x",
        "it",
        vocabulary,
        unknown,
        buckets,
        index ? CategoryEncoding.INDEX : CategoryEncoding.ONE_HOT);
  }

  static ImageFeature.Builder picture(ImageSource source, ImageResize resize) {
    return ImageFeature.newBuilder()
        .setInput("x")
        .setField("it")
        .setSource(source)
        .setRawWidth(0)
        .setRawHeight(0)
        .setChannels(ImageChannels.RGB)
        .setWidth(6)
        .setHeight(4)
        .setResize(resize)
        .setLayout(ImageLayout.NCHW)
        .setScale(1.0)
        .setMean(List.of(0.0, 0.0, 0.0))
        .setDeviation(List.of(1.0, 1.0, 1.0))
        .setMaxPixels(10_000);
  }

  static JsonNode encoded(String format, int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, (255 * x / width) << 16 | (255 * y / height) << 8 | 64);
      }
    }
    return JSON.textNode(Base64.getEncoder().encodeToString(file(format, image)));
  }

  static byte[] file(String format, BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, format, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static TensorSpec input(String name, String type, long... dims) {
    return new TensorSpec(name, type, Arrays.stream(dims).boxed().toList());
  }

  private static List<JsonNode> nodes(String... json) {
    return Arrays.stream(json).map(FeatureSample::node).toList();
  }

  private static JsonNode node(String json) {
    try {
      return new ObjectMapper().readTree(json.replace('\'', '"'));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return feature.getName() + " " + feature.getSpec().getClass().getSimpleName();
  }
}
