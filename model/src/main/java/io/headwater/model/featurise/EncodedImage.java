package io.headwater.model.featurise;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes PNG and JPEG files that anybody may have written, with the JDK's own readers.
 *
 * <p>The header's size is judged before anything is allocated, metadata (which may be compressed
 * without bound) is skipped, and nothing is cached on disk. An alpha channel is dropped. Samples
 * are taken as they are stored, 16-bit ones by their upper half; colour profiles are not applied.
 */
final class EncodedImage {
  /** Beyond it a picture of few pixels could still make rows that cost much. */
  static final int MAX_SIDE = 1 << 14;

  /** Progressive files have some ten; each goes over all pixels again. */
  private static final int MAX_SCANS = 64;

  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  private static final byte[] JPEG = {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF};
  private static final ImageReaderSpi PNG_READER = reader("png");
  private static final ImageReaderSpi JPEG_READER = reader("jpeg");
  private static final int BYTE_BITS = 8;

  private EncodedImage() {}

  /**
   * Decodes a file.
   *
   * @param field to be named
   * @param maxPixels what is larger is not decoded
   */
  static Bitmap decode(byte[] file, FieldPath field, long maxPixels) throws FeatureException {
    ImageReader reader = reader(file, field);
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in, true, true);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      if (width > MAX_SIDE || height > MAX_SIDE || (long) width * height > maxPixels) {
        throw new FeatureException(
            "field '%s' is an image of %d x %d pixels; at most %d of them, and %d a side, are decoded"
                .formatted(field, width, height, maxPixels, MAX_SIDE));
      }
      return bitmap(reader.read(0));
    } catch (IOException | RuntimeException e) {
      // What the JDK's readers throw on damaged files is not said anywhere.
      throw new FeatureException("field '" + field + "' is an image that is damaged or cut off");
    } finally {
      reader.dispose();
    }
  }

  private static ImageReader reader(byte[] file, FieldPath field) throws FeatureException {
    try {
      if (startsWith(file, PNG)) {
        return PNG_READER.createReaderInstance();
      }
      if (startsWith(file, JPEG)) {
        int scans = JpegScans.count(file);
        if (scans < 1) {
          throw new FeatureException(
              "field '" + field + "' is an image that is damaged or cut off");
        }
        if (scans > MAX_SCANS) {
          throw new FeatureException(
              "field '%s' is a JPEG of %d scans; at most %d are decoded"
                  .formatted(field, scans, MAX_SCANS));
        }
        return JPEG_READER.createReaderInstance();
      }
    } catch (IOException e) {
      throw new FeatureException("field '" + field + "' can't be decoded: the JDK has no reader");
    }
    throw new FeatureException("field '" + field + "' is neither a PNG nor a JPEG file");
  }

  private static Bitmap bitmap(BufferedImage image) {
    Raster raster = image.getRaster();
    ColorModel colours = image.getColorModel();
    int width = image.getWidth();
    int height = image.getHeight();
    if (colours instanceof IndexColorModel palette) {
      return ofPalette(raster, palette, width, height);
    }
    int channels = raster.getNumBands() < Bitmap.RGB ? Bitmap.GREY : Bitmap.RGB;
    int shift = Math.max(0, raster.getSampleModel().getSampleSize(0) - BYTE_BITS);
    byte[] samples = new byte[width * height * channels];
    int[] row = new int[width];
    for (int channel = 0; channel < channels; channel++) {
      for (int y = 0; y < height; y++) {
        raster.getSamples(0, y, width, 1, channel, row);
        for (int x = 0; x < width; x++) {
          samples[(y * width + x) * channels + channel] = (byte) (row[x] >> shift);
        }
      }
    }
    return new Bitmap(width, height, channels, samples);
  }

  private static Bitmap ofPalette(Raster raster, IndexColorModel palette, int width, int height) {
    byte[] samples = new byte[width * height * Bitmap.RGB];
    int[] row = new int[width];
    int at = 0;
    for (int y = 0; y < height; y++) {
      raster.getSamples(0, y, width, 1, 0, row);
      for (int index : row) {
        samples[at++] = (byte) palette.getRed(index);
        samples[at++] = (byte) palette.getGreen(index);
        samples[at++] = (byte) palette.getBlue(index);
      }
    }
    return new Bitmap(width, height, Bitmap.RGB, samples);
  }

  private static boolean startsWith(byte[] file, byte[] magic) {
    return file.length > magic.length
        && Arrays.equals(file, 0, magic.length, magic, 0, magic.length);
  }

  /** The JDK's own, whatever plug-ins the class path brings. */
  private static ImageReaderSpi reader(String format) {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
    while (readers.hasNext()) {
      ImageReaderSpi provider = readers.next().getOriginatingProvider();
      if (provider.getClass().getModule() == ImageIO.class.getModule()) {
        return provider;
      }
    }
    throw new IllegalStateException("the JDK has no reader of " + format);
  }
}
