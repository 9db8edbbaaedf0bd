package io.headwater.model.runtime;

import java.util.List;

/**
 * What crosses from a version's leading segments to its last ones for one event: the values of
 * every input of the latter, one input behind the other.
 *
 * @param values row by row; whole numbers and flags as floats; never changed
 * @param shape how they fall to the inputs
 */
public record Crossing(float[] values, Shape shape) {
  /**
   * The inputs' dims.
   *
   * @param inputs dims of each, without the batch
   */
  public record Shape(List<List<Long>> inputs) {
    public Shape {
      inputs = inputs.stream().map(List::copyOf).toList();
    }

    /** One input of so many values. */
    public static Shape flat(int width) {
      return new Shape(List.of(List.of((long) width)));
    }

    /** How many values an event has of an input. */
    public int size(int input) {
      return Math.toIntExact(inputs.get(input).stream().reduce(1L, Math::multiplyExact));
    }

    /** How many values an event has in all. */
    public int size() {
      int size = 0;
      for (int i = 0; i < inputs.size(); i++) {
        size = Math.addExact(size, size(i));
      }
      return size;
    }
  }

  /** An activation logged at a tap that one value crosses. */
  public static Crossing of(float[] activation) {
    return new Crossing(activation, Shape.flat(activation.length));
  }

  public Crossing {
    if (values.length != shape.size()) {
      throw new IllegalArgumentException(
          values.length + " values where the shape says " + shape.size());
    }
  }

  /** What it takes in memory, about. */
  public long bytes() {
    return (long) Float.BYTES * values.length;
  }
}
