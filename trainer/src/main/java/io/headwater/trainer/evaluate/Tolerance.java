package io.headwater.trainer.evaluate;

/** How falls of an accuracy are held against what is tolerated. */
public final class Tolerance {
  /** A difference of two shares misses a share by less: 0.97 - 0.96 is more than 0.01 in binary. */
  private static final double ROUNDING = 1e-9;

  private Tolerance() {}

  /** Whether a figure falls by no more than is tolerated; a fall that is no number does not. */
  public static boolean allows(double fall, double tolerated) {
    return fall <= tolerated + ROUNDING;
  }
}
