package io.headwater.model.featurise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import io.headwater.schemas.ImageChannels;
import io.headwater.schemas.ImageFeature;
import io.headwater.schemas.ImageLayout;
import io.headwater.schemas.ImageResize;
import io.headwater.schemas.ImageSource;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ImagePixelsTest {
  private static final int RED = 0xFF0000;
  private static final int GREEN = 0x00FF00;
  private static final int BLUE = 0x0000FF;

  @Test
  void read_sameSize_givesThePixelsChannelByChannel() throws Exception {
    ImageFeature nchw = sized(2, 1, ImageResize.STRETCH).build();

    assertThat(read(nchw, png(2, 1, RED, BLUE))).containsExactly(255, 0, 0, 0, 0, 255);
  }

  @Test
  void read_channelsLastAndBgr_areLaidOutSo() throws Exception {
    ImageFeature nhwc =
        sized(2, 1, ImageResize.STRETCH)
            .setLayout(ImageLayout.NHWC)
            .setChannels(ImageChannels.BGR)
            .build();

    assertThat(read(nhwc, png(2, 1, RED, 0x0A0B0C))).containsExactly(0, 0, 255, 12, 11, 10);
  }

  @Test
  void read_rawBgr_isTakenInItsOwnOrder() throws Exception {
    ImageFeature raw =
        sized(1, 1, ImageResize.STRETCH)
            .setSource(ImageSource.RAW)
            .setRawWidth(1)
            .setRawHeight(1)
            .setChannels(ImageChannels.BGR)
            .build();

    assertThat(read(raw, new byte[] {1, 2, (byte) 200})).containsExactly(1, 2, 200);
  }

  @Test
  void read_greyOfColour_isItsLumaAndColourOfGreyRepeatsIt() throws Exception {
    ImageFeature grey =
        sized(3, 1, ImageResize.STRETCH)
            .setChannels(ImageChannels.GREY)
            .setMean(List.of(0.0))
            .setDeviation(List.of(1.0))
            .build();
    BufferedImage single = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
    single.getRaster().setSample(0, 0, 0, 128);

    assertThat(read(grey, png(3, 1, RED, GREEN, BLUE))).containsExactly(76, 150, 29);
    assertThat(read(sized(1, 1, ImageResize.STRETCH).build(), FeatureSample.file("png", single)))
        .containsExactly(128, 128, 128);
  }

  @Test
  void read_deepAndPaletteAndTransparentImages_giveTheirStoredColours() throws Exception {
    BufferedImage deep = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
    deep.getRaster().setSample(0, 0, 0, 0x7F80);
    BufferedImage palette = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_INDEXED);
    palette.setRGB(0, 0, 0xFFFF0000);
    BufferedImage clear = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
    clear.setRGB(0, 0, 0x00102030);
    ImageFeature one = sized(1, 1, ImageResize.STRETCH).build();

    assertThat(read(one, FeatureSample.file("png", deep))).containsExactly(127, 127, 127);
    assertThat(read(one, FeatureSample.file("png", palette))).containsExactly(255, 0, 0);
    assertThat(read(one, FeatureSample.file("png", clear))).containsExactly(16, 32, 48);
  }

  @Test
  void read_scaleMeanAndDeviation_areApplied() throws Exception {
    ImageFeature feature =
        sized(1, 1, ImageResize.STRETCH)
            .setScale(1 / 255.0)
            .setMean(List.of(0.5, 0.0, 0.25))
            .setDeviation(List.of(0.5, 1.0, 0.25))
            .build();

    assertThat(read(feature, png(1, 1, 0xFF00FF)))
        .containsExactly(new float[] {1, 0, 3}, within(1e-6f));
  }

  @Test
  void read_halved_averages() throws Exception {
    ImageFeature half = grey(2, ImageResize.STRETCH);

    // Triangles of reach 2 around 1 and 3: weights 3/7, 3/7, 1/7 and their mirror image.
    assertThat(read(half, greys(4, 0, 100, 200, 40)))
        .containsExactly(new float[] {500 / 7f, 820 / 7f}, within(1e-4f));
  }

  @Test
  void read_doubled_interpolates() throws Exception {
    assertThat(read(grey(4, ImageResize.STRETCH), greys(2, 0, 100)))
        .containsExactly(new float[] {0, 25, 75, 100}, within(1e-4f));
  }

  @Test
  void read_cover_cropsAroundTheCentreAndContain_borders() throws Exception {
    byte[] wide = greys(4, 10, 20, 30, 40);

    assertThat(read(grey(2, ImageResize.COVER), wide)).containsExactly(20, 30);
    assertThat(read(grey(6, ImageResize.CONTAIN), wide)).containsExactly(0, 10, 20, 30, 40, 0);
  }

  @Test
  void read_containWithAMean_bordersWithBlack() throws Exception {
    ImageFeature feature =
        FeatureSample.picture(ImageSource.ENCODED, ImageResize.CONTAIN)
            .setWidth(3)
            .setHeight(1)
            .setMean(List.of(10.0, 10.0, 10.0))
            .setDeviation(List.of(5.0, 5.0, 5.0))
            .build();

    assertThat(read(feature, png(1, 1, 0x0A0A0A))).containsExactly(-2, 0, -2, -2, 0, -2, -2, 0, -2);
  }

  @Test
  void read_dataAddress_isTaken() throws Exception {
    String text = "data:image/png;base64," + base64(png(1, 1, GREEN));
    ObjectNode event = JsonNodeFactory.instance.objectNode().put("it", text);
    float[] values = new float[3];
    new ImagePixels("photo", sized(1, 1, ImageResize.STRETCH).build()).read(event, values, 0);

    assertThat(values).containsExactly(0, 255, 0);
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.SECONDS)
  void read_headerOfFiftyThousandSquare_isRefusedUndecoded() throws Exception {
    byte[] png = png(50_000, 50_000, new byte[0], new byte[100]);
    byte[] jpeg = FeatureSample.file("jpeg", new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB));
    int frame = indexOf(jpeg, 0xFF, 0xC0);
    ByteBuffer.wrap(jpeg).putShort(frame + 5, (short) 50_000).putShort(frame + 7, (short) 50_000);

    assertRefused(png, "is an image of 50000 x 50000 pixels");
    assertRefused(jpeg, "is an image of 50000 x 50000 pixels");
  }

  @Test
  @Timeout(value = 5, unit = TimeUnit.SECONDS)
  void read_metadataThatInflatesToGigabytes_isSkipped() throws Exception {
    byte[] bomb = deflated(new byte[64 << 20]);
    byte[] text = new byte[bomb.length + 3];
    text[0] = 'k';
    System.arraycopy(bomb, 0, text, 3, bomb.length);
    byte[] png = png(1, 1, chunk("zTXt", text), new byte[] {0, 1, 2, 3});

    long before = allocated();
    assertThat(read(sized(1, 1, ImageResize.STRETCH).build(), png)).containsExactly(1, 2, 3);
    assertThat(allocated() - before).isLessThan(8 << 20);
  }

  @Test
  @Timeout(value = 5, unit = TimeUnit.SECONDS)
  void read_pixelsThatInflateBeyondTheHeader_areNotInflated() throws Exception {
    byte[] pixels = new byte[64 << 20];
    byte[] png = png(1, 1, new byte[0], pixels);

    long before = allocated();
    assertThat(read(sized(1, 1, ImageResize.STRETCH).build(), png)).containsExactly(0, 0, 0);
    assertThat(allocated() - before).isLessThan(8 << 20);
  }

  @Test
  void read_truncatedFiles_areRefusedWhereverTheyEnd() throws Exception {
    BufferedImage image = new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 400; i++) {
      image.setRGB(i % 20, i / 20, i * 7919);
    }
    for (String format : List.of("png", "jpeg")) {
      byte[] whole = FeatureSample.file(format, image);
      int data = format.equals("png") ? indexOf(whole, 'I', 'D', 'A', 'T') + 40 : whole.length - 1;
      for (int length = 0; length < data; length += 7) {
        assertRefused(Arrays.copyOf(whole, length), "field 'it'");
      }
    }
  }

  @Test
  void read_jpegOfManyScans_isRefused() throws Exception {
    byte[] whole = FeatureSample.file("jpeg", new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB));
    int scan = indexOf(whole, 0xFF, 0xDA);
    ByteArrayOutputStream many = new ByteArrayOutputStream();
    many.write(whole, 0, scan);
    for (int i = 0; i < 65; i++) {
      many.write(whole, scan, whole.length - 2 - scan);
    }
    many.write(whole, whole.length - 2, 2);

    assertRefused(many.toByteArray(), "is a JPEG of 65 scans; at most 64 are decoded");
  }

  @Test
  void construct_numbersThatMakeNoSense_areRefused() {
    assertThatThrownBy(() -> new ImagePixels("photo", sized(0, 1, ImageResize.STRETCH).build()))
        .hasMessageContaining("width and height");
    assertThatThrownBy(
            () ->
                new ImagePixels(
                    "photo", sized(1, 1, ImageResize.STRETCH).setMean(List.of(1.0)).build()))
        .hasMessageContaining("a mean and a deviation for each of its 3 channels");
    assertThatThrownBy(
            () ->
                new ImagePixels(
                    "photo", sized(1, 1, ImageResize.STRETCH).setScale(Double.NaN).build()))
        .hasMessageContaining("finite");
  }

  private static void assertRefused(byte[] file, String message) {
    assertThatThrownBy(() -> read(sized(4, 4, ImageResize.STRETCH).build(), file))
        .isInstanceOf(FeatureException.class)
        .hasMessageContaining(message);
  }

  private static ImageFeature.Builder sized(int width, int height, ImageResize resize) {
    return FeatureSample.picture(ImageSource.ENCODED, resize).setWidth(width).setHeight(height);
  }

  private static ImageFeature grey(int width, ImageResize resize) {
    return sized(width, 1, resize)
        .setChannels(ImageChannels.GREY)
        .setMean(List.of(0.0))
        .setDeviation(List.of(1.0))
        .build();
  }

  private static float[] read(ImageFeature feature, byte[] file) throws FeatureException {
    ImagePixels pixels = new ImagePixels("photo", feature);
    float[] values = new float[InputLayout.size(pixels.dims())];
    pixels.read(JsonNodeFactory.instance.objectNode().put("it", base64(file)), values, 0);
    return values;
  }

  private static String base64(byte[] file) {
    return Base64.getEncoder().encodeToString(file);
  }

  private static byte[] png(int width, int height, int... colours) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, width, height, colours, 0, width);
    return FeatureSample.file("png", image);
  }

  private static byte[] greys(int width, int... values) {
    BufferedImage image = new BufferedImage(width, 1, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSamples(0, 0, width, 1, 0, values);
    return FeatureSample.file("png", image);
  }

  /** A PNG of 8-bit RGB with what its header says, whatever its pixels are. */
  private static byte[] png(int width, int height, byte[] before, byte[] pixels)
      throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
    byte[] header = {0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0};
    ByteBuffer.wrap(header).putInt(width).putInt(height);
    file.write(chunk("IHDR", header));
    file.write(before);
    file.write(chunk("IDAT", deflated(pixels)));
    file.write(chunk("IEND", new byte[0]));
    return file.toByteArray();
  }

  private static byte[] chunk(String type, byte[] data) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(data.length);
    out.writeBytes(type);
    out.write(data);
    CRC32 check = new CRC32();
    check.update(bytes.toByteArray(), Integer.BYTES, Integer.BYTES + data.length);
    out.writeInt((int) check.getValue());
    return bytes.toByteArray();
  }

  private static byte[] deflated(byte[] data) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
      out.write(data);
    }
    return bytes.toByteArray();
  }

  private static int indexOf(byte[] bytes, int... wanted) {
    for (int i = 0; i < bytes.length - wanted.length; i++) {
      int matched = 0;
      while (matched < wanted.length && (bytes[i + matched] & 0xFF) == wanted[matched]) {
        matched++;
      }
      if (matched == wanted.length) {
        return i;
      }
    }
    throw new AssertionError("not there");
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getThreadAllocatedBytes(Thread.currentThread().getId());
  }
}
