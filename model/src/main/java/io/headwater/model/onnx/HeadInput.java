package io.headwater.model.onnx;

/**
 * What a new head does to its activations before its first layer.
 *
 * @param unitLength divides each activation by its Euclidean length
 * @param standardised then subtracts each value's mean and divides by its standard deviation, which
 *     the first training measures and no later one changes; a trained scale and shift follow, as in
 *     batch normalisation (Ioffe and Szegedy 2015)
 */
public record HeadInput(boolean unitLength, boolean standardised) {
  public static final HeadInput AS_IS = new HeadInput(false, false);
  public static final HeadInput UNIT_LENGTH = new HeadInput(true, false);
  public static final HeadInput STANDARDISED = new HeadInput(true, true);

  @Override
  public String toString() {
    return (unitLength ? "unit-length" : "as-is") + (standardised ? " standardised" : "");
  }
}
