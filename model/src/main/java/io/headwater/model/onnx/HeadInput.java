package io.headwater.model.onnx;

/**
 * What a new head does to its activations before its first layer; no training changes it.
 *
 * @param unitLength divides each activation by its Euclidean length
 * @param scale then multiplies it
 */
public record HeadInput(boolean unitLength, float scale) {
  public static final HeadInput AS_IS = new HeadInput(false, 1);
  public static final HeadInput UNIT_LENGTH = new HeadInput(true, 1);

  public HeadInput {
    if (!(scale > 0) || Float.isInfinite(scale)) {
      throw new IllegalArgumentException("a head's input scale must be positive and finite");
    }
  }

  /** The same, then multiplied by {@code factor}. */
  public HeadInput scaled(float factor) {
    return new HeadInput(unitLength, scale * factor);
  }

  @Override
  public String toString() {
    return (unitLength ? "unit-length" : "as-is") + (scale == 1 ? "" : " x " + scale);
  }
}
