package io.headwater.model.featurise;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.schemas.ImageChannels;
import io.headwater.schemas.ImageFeature;
import io.headwater.schemas.ImageLayout;
import io.headwater.schemas.ImageSource;
import java.io.IOException;
import java.util.Base64;
import java.util.List;

/** A picture, brought to the model's size, channels and scale. */
final class ImagePixels implements EventFeature.Floats {
  private static final long MOST_BYTES_A_PIXEL = 8;
  private static final long MOST_OTHER_BYTES = 1 << 20;
  private static final int MAX_PREFIX = 64;
  private static final int MAX_PIXELS = 1 << 26;

  private final String name;
  private final ImageFeature spec;
  private final FieldPath field;
  private final int channels;
  private final long maxBytes;
  private final float[] factor;
  private final float[] offset;

  ImagePixels(String name, ImageFeature spec) {
    this.name = name;
    this.spec = spec;
    this.field = FieldPath.of(spec.getField());
    this.channels = spec.getChannels() == ImageChannels.GREY ? Bitmap.GREY : Bitmap.RGB;
    check(spec);
    this.maxBytes =
        spec.getSource() == ImageSource.RAW
            ? (long) spec.getRawWidth() * spec.getRawHeight() * channels
            : Math.multiplyExact(spec.getMaxPixels(), MOST_BYTES_A_PIXEL) + MOST_OTHER_BYTES;
    this.factor = new float[channels];
    this.offset = new float[channels];
    for (int i = 0; i < channels; i++) {
      factor[i] = (float) (spec.getScale() / spec.getDeviation().get(i));
      offset[i] = (float) (spec.getMean().get(i) / spec.getDeviation().get(i));
      if (!Float.isFinite(factor[i] * 255) || !Float.isFinite(offset[i])) {
        throw new IllegalArgumentException("its scale, mean and deviation give no finite values");
      }
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String input() {
    return spec.getInput();
  }

  @Override
  public List<Integer> dims() {
    return spec.getLayout() == ImageLayout.NCHW
        ? List.of(channels, spec.getHeight(), spec.getWidth())
        : List.of(spec.getHeight(), spec.getWidth(), channels);
  }

  @Override
  public void read(JsonNode event, float[] into, int at) throws FeatureException {
    byte[] bytes = bytes(event);
    Bitmap bitmap =
        spec.getSource() == ImageSource.RAW
            ? raw(bytes)
            : EncodedImage.decode(bytes, field, spec.getMaxPixels()).as(channels);
    switch (spec.getResize()) {
      case STRETCH -> whole(bitmap, into, at);
      case COVER -> cover(bitmap, into, at);
      case CONTAIN -> contain(bitmap, into, at);
    }
  }

  private void whole(Bitmap bitmap, float[] into, int at) {
    Resampling.Box box = new Resampling.Box(0, 0, bitmap.width(), bitmap.height());
    put(bitmap, box, 0, 0, spec.getWidth(), spec.getHeight(), into, at);
  }

  private void cover(Bitmap bitmap, float[] into, int at) {
    double scale =
        Math.min(
            (double) bitmap.width() / spec.getWidth(), (double) bitmap.height() / spec.getHeight());
    double width = spec.getWidth() * scale;
    double height = spec.getHeight() * scale;
    Resampling.Box box =
        new Resampling.Box(
            (bitmap.width() - width) / 2, (bitmap.height() - height) / 2, width, height);
    put(bitmap, box, 0, 0, spec.getWidth(), spec.getHeight(), into, at);
  }

  private void contain(Bitmap bitmap, float[] into, int at) {
    double scale =
        Math.min(
            (double) spec.getWidth() / bitmap.width(), (double) spec.getHeight() / bitmap.height());
    int width = fitted(bitmap.width() * scale, spec.getWidth());
    int height = fitted(bitmap.height() * scale, spec.getHeight());
    for (int channel = 0; channel < channels; channel++) {
      for (int y = 0; y < spec.getHeight(); y++) {
        for (int x = 0; x < spec.getWidth(); x++) {
          into[at + index(x, y, channel)] = 0 - offset[channel];
        }
      }
    }
    Resampling.Box box = new Resampling.Box(0, 0, bitmap.width(), bitmap.height());
    int left = (spec.getWidth() - width) / 2;
    int top = (spec.getHeight() - height) / 2;
    put(bitmap, box, left, top, width, height, into, at);
  }

  private static int fitted(double length, int most) {
    return (int) Math.max(1, Math.min(most, Math.round(length)));
  }

  private void put(
      Bitmap bitmap,
      Resampling.Box box,
      int left,
      int top,
      int width,
      int height,
      float[] into,
      int at) {
    float[] values = Resampling.scale(bitmap, box, width, height);
    boolean reversed =
        spec.getChannels() == ImageChannels.BGR && spec.getSource() == ImageSource.ENCODED;
    for (int channel = 0; channel < channels; channel++) {
      int from = reversed ? channels - 1 - channel : channel;
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          float value = values[(y * width + x) * channels + from];
          into[at + index(left + x, top + y, channel)] = value * factor[channel] - offset[channel];
        }
      }
    }
  }

  private int index(int x, int y, int channel) {
    return spec.getLayout() == ImageLayout.NCHW
        ? (channel * spec.getHeight() + y) * spec.getWidth() + x
        : (y * spec.getWidth() + x) * channels + channel;
  }

  /** Raw pixels have the channels, and their order, that the model takes. */
  private Bitmap raw(byte[] bytes) throws FeatureException {
    if (bytes.length != maxBytes) {
      throw new FeatureException(
          "field '%s' has %d bytes where %d x %d pixels of %d channels have %d"
              .formatted(
                  field,
                  bytes.length,
                  spec.getRawWidth(),
                  spec.getRawHeight(),
                  channels,
                  maxBytes));
    }
    return new Bitmap(spec.getRawWidth(), spec.getRawHeight(), channels, bytes);
  }

  private byte[] bytes(JsonNode event) throws FeatureException {
    JsonNode node = field.in(event);
    if (Numbers.isMissing(node)) {
      throw FeatureException.missing(field);
    }
    if (node.isBinary()) {
      return binary(node);
    }
    if (!node.isTextual()) {
      throw new FeatureException("field '" + field + "' is no Base64 text");
    }
    String text = node.textValue();
    int start = text.startsWith("data:") ? text.lastIndexOf(',', MAX_PREFIX) + 1 : 0;
    if ((text.length() - start) / 4 * 3L > maxBytes + 2) {
      throw tooLong();
    }
    try {
      return Base64.getDecoder().decode(start == 0 ? text : text.substring(start));
    } catch (IllegalArgumentException e) {
      throw new FeatureException("field '" + field + "' is no Base64 text");
    }
  }

  private byte[] binary(JsonNode node) throws FeatureException {
    try {
      byte[] bytes = node.binaryValue();
      if (bytes.length > maxBytes) {
        throw tooLong();
      }
      return bytes;
    } catch (IOException e) {
      throw new FeatureException("field '" + field + "' holds no bytes");
    }
  }

  private FeatureException tooLong() {
    return new FeatureException(
        "field '" + field + "' has more bytes than an image of the allowed size: " + maxBytes);
  }

  private void check(ImageFeature image) {
    require(
        image.getWidth() > 0
            && image.getHeight() > 0
            && image.getWidth() <= EncodedImage.MAX_SIDE
            && image.getHeight() <= EncodedImage.MAX_SIDE,
        "its width and height must be from 1 to " + EncodedImage.MAX_SIDE);
    require(
        image.getMaxPixels() > 0 && image.getMaxPixels() <= MAX_PIXELS,
        "its maxPixels must be from 1 to " + MAX_PIXELS);
    require(
        image.getMean().size() == channels && image.getDeviation().size() == channels,
        "it needs a mean and a deviation for each of its " + channels + " channels");
    require(
        image.getDeviation().stream().allMatch(deviation -> deviation > 0),
        "its deviations must be above 0");
    boolean raw = image.getSource() == ImageSource.RAW;
    require(
        !raw
            || (within(image.getRawWidth())
                && within(image.getRawHeight())
                && (long) image.getRawWidth() * image.getRawHeight() <= image.getMaxPixels()),
        "raw pixels need rawWidth and rawHeight, of at most maxPixels");
  }

  private static boolean within(int side) {
    return side > 0 && side <= EncodedImage.MAX_SIDE;
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException(problem);
    }
  }
}
