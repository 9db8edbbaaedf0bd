package io.headwater.model.featurise;

import java.util.Arrays;

/**
 * Bilinear resampling with the triangle widened to what a pixel covers, so that shrinking averages:
 * the "antialiased bilinear" of Pillow and of torchvision.
 */
final class Resampling {
  /** A part of a picture, in pixels. */
  record Box(double left, double top, double width, double height) {}

  /** Which source samples make a target sample, and by how much; weights sum to 1. */
  private record Taps(int[] first, float[][] weights) {
    static Taps of(double from, double length, int source, int target) {
      double scale = length / target;
      double reach = Math.max(1, scale);
      int[] first = new int[target];
      float[][] weights = new float[target][];
      for (int i = 0; i < target; i++) {
        double centre = from + (i + 0.5) * scale;
        int low = Math.max(0, (int) Math.floor(centre - reach + 0.5));
        int high = Math.min(source, (int) Math.floor(centre + reach + 0.5));
        float[] row = new float[Math.max(1, high - low)];
        low = Math.min(low, source - row.length);
        double sum = 0;
        for (int k = 0; k < row.length; k++) {
          row[k] = (float) Math.max(0, 1 - Math.abs(low + k + 0.5 - centre) / reach);
          sum += row[k];
        }
        for (int k = 0; k < row.length; k++) {
          row[k] = sum > 0 ? (float) (row[k] / sum) : 1f / row.length;
        }
        first[i] = low;
        weights[i] = row;
      }
      return new Taps(first, weights);
    }
  }

  private Resampling() {}

  /**
   * Scales a part of a picture.
   *
   * @return values in [0, 255], row by row, channels last
   */
  static float[] scale(Bitmap source, Box box, int width, int height) {
    int channels = source.channels();
    Taps across = Taps.of(box.left(), box.width(), source.width(), width);
    Taps down = Taps.of(box.top(), box.height(), source.height(), height);
    float[] target = new float[width * height * channels];
    float[] row = new float[source.width() * channels];
    for (int y = 0; y < height; y++) {
      gather(source, down.first[y], down.weights[y], row);
      for (int x = 0; x < width; x++) {
        float[] weights = across.weights[x];
        for (int channel = 0; channel < channels; channel++) {
          float sum = 0;
          int at = across.first[x] * channels + channel;
          for (float weight : weights) {
            sum += weight * row[at];
            at += channels;
          }
          target[(y * width + x) * channels + channel] = sum;
        }
      }
    }
    return target;
  }

  /** The weighted sum of some source rows. */
  private static void gather(Bitmap source, int first, float[] weights, float[] row) {
    Arrays.fill(row, 0);
    for (int k = 0; k < weights.length; k++) {
      int from = (first + k) * row.length;
      for (int i = 0; i < row.length; i++) {
        row[i] += weights[k] * source.sample(from + i);
      }
    }
  }
}
