package io.headwater.model.featurise;

/**
 * A decoded picture.
 *
 * @param channels 1 (grey) or 3 (red, green, blue)
 * @param samples a byte each, unsigned, row by row, channels last
 */
record Bitmap(int width, int height, int channels, byte[] samples) {
  static final int GREY = 1;
  static final int RGB = 3;

  /** Grey by the luma of ITU-R BT.601; colour by repeating grey. */
  Bitmap as(int wanted) {
    if (wanted == channels) {
      return this;
    }
    byte[] converted = new byte[width * height * wanted];
    for (int i = 0; i < width * height; i++) {
      if (wanted == GREY) {
        int luma = 299 * sample(3 * i) + 587 * sample(3 * i + 1) + 114 * sample(3 * i + 2);
        converted[i] = (byte) ((luma + 500) / 1000);
      } else {
        converted[3 * i] = samples[i];
        converted[3 * i + 1] = samples[i];
        converted[3 * i + 2] = samples[i];
      }
    }
    return new Bitmap(width, height, wanted, converted);
  }

  int sample(int index) {
    return samples[index] & 0xFF;
  }
}
