package io.headwater.ops.data;

/**
 * A labelled square picture of one channel.
 *
 * @param side in pixels
 * @param pixels row by row, 0 for black
 */
public record GreyImage(int side, byte[] pixels, String label) {
  public GreyImage {
    if (pixels.length != side * side) {
      throw new IllegalArgumentException(pixels.length + " pixels are no square of " + side);
    }
  }
}
