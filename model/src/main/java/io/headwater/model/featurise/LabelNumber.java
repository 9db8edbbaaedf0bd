package io.headwater.model.featurise;

import java.util.OptionalDouble;

/** Labels that are numbers: finite ones, which a 32-bit float holds. */
public final class LabelNumber {
  private LabelNumber() {}

  /** The number that a decimal text spells; empty where it spells none. */
  public static OptionalDouble parse(String text) {
    return of(Numbers.parse(text));
  }

  /** The number itself; empty where it is too large, infinite or NaN. */
  public static OptionalDouble of(double number) {
    return Float.isFinite((float) number) ? OptionalDouble.of(number) : OptionalDouble.empty();
  }
}
