package io.headwater.ops.data;

import io.headwater.ops.UserError;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import javax.imageio.ImageIO;

/** Public pictures in ten classes, out of Debian's packages. */
public final class GreyImages {
  /** Classes of {@link #digits}, in order. */
  public static final List<String> DIGITS =
      List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

  /** Classes of {@link #clothes}, in order. */
  public static final List<String> CLOTHES =
      List.of(
          "t-shirt",
          "trousers",
          "pullover",
          "dress",
          "coat",
          "sandal",
          "shirt",
          "sneaker",
          "bag",
          "boot");

  private static final String DIGITS_PNG = "/usr/share/doc/opencv-doc/examples/data/digits.png";
  private static final String DIGITS_SHA =
      "60c917758ef97cc090f35cd8e293e4de691ef942847da0ff80dedab33d57c662";
  private static final int DIGIT_SIDE = 20;
  private static final int ROWS_PER_DIGIT = 5;

  private static final String FASHION = "/usr/share/datasets/fashion-mnist/t10k-";
  private static final String IMAGES_SHA =
      "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa";
  private static final String LABELS_SHA =
      "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05";
  private static final int IMAGES_MAGIC = 0x803;
  private static final int LABELS_MAGIC = 0x801;
  private static final int MOST = 100_000;

  private GreyImages() {}

  /**
   * OpenCV's 5,000 handwritten digits of 20 by 20 pixels, 500 of each, white on black.
   *
   * @throws UserError where they can't be had
   */
  public static List<GreyImage> digits(Packages packages) {
    DebianFiles debian = new DebianFiles(packages);
    byte[] png = debian.read(PinnedPackage.OPENCV_DOC, DIGITS_PNG, DIGITS_SHA);
    debian.drop(PinnedPackage.OPENCV_DOC);
    try {
      BufferedImage sheet = ImageIO.read(new ByteArrayInputStream(png));
      Raster raster = sheet.getRaster();
      List<GreyImage> images = new ArrayList<>();
      for (int y = 0; y < raster.getHeight() / DIGIT_SIDE; y++) {
        for (int x = 0; x < raster.getWidth() / DIGIT_SIDE; x++) {
          byte[] pixels = new byte[DIGIT_SIDE * DIGIT_SIDE];
          for (int i = 0; i < pixels.length; i++) {
            pixels[i] =
                (byte)
                    raster.getSample(
                        x * DIGIT_SIDE + i % DIGIT_SIDE, y * DIGIT_SIDE + i / DIGIT_SIDE, 0);
          }
          images.add(new GreyImage(DIGIT_SIDE, pixels, DIGITS.get(y / ROWS_PER_DIGIT)));
        }
      }
      return images;
    } catch (IOException e) {
      throw unreadable(PinnedPackage.OPENCV_DOC, e);
    }
  }

  /**
   * Fashion-MNIST's 10,000 test pictures of 28 by 28 pixels, 1,000 of each class, on black (Xiao,
   * Rasul and Vollgraf, 2017).
   *
   * @throws UserError where they can't be had
   */
  public static List<GreyImage> clothes(Packages packages) {
    DebianFiles debian = new DebianFiles(packages);
    PinnedPackage source = PinnedPackage.FASHION_MNIST;
    byte[] images = debian.read(source, FASHION + "images-idx3-ubyte.gz", IMAGES_SHA);
    byte[] labels = debian.read(source, FASHION + "labels-idx1-ubyte.gz", LABELS_SHA);
    debian.drop(source);
    try (DataInputStream pixels = idx(images, IMAGES_MAGIC);
        DataInputStream classes = idx(labels, LABELS_MAGIC)) {
      int count = Math.min(MOST, pixels.readInt());
      int side = pixels.readInt();
      if (pixels.readInt() != side || classes.readInt() != count) {
        throw new IOException("its pictures and labels don't pair up");
      }
      List<GreyImage> read = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        byte[] one = pixels.readNBytes(side * side);
        read.add(new GreyImage(side, one, CLOTHES.get(classes.readUnsignedByte())));
      }
      return read;
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw unreadable(source, e);
    }
  }

  private static DataInputStream idx(byte[] zipped, int magic) throws IOException {
    DataInputStream in =
        new DataInputStream(new GZIPInputStream(new ByteArrayInputStream(zipped), 1 << 16));
    if (in.readInt() != magic) {
      throw new IOException("it is not in the IDX format");
    }
    return in;
  }

  private static UserError unreadable(PinnedPackage source, Exception e) {
    return new UserError(
        "%s can't be read (%s)".formatted(source.coordinates(), e.getMessage()),
        "delete its files in the package cache and run the command again",
        e);
  }
}
