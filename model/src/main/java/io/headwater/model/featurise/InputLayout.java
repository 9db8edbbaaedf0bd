package io.headwater.model.featurise;

import io.headwater.schemas.TensorSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the values of {@link Features} become a model's input tensors.
 *
 * @param texts in the order of {@link Features#texts}
 * @param numbers inputs of {@link Features#numbers}, one behind the other
 * @param indices inputs of {@link Features#indices}, one behind the other
 * @param oneByOne whether the model takes but one event at a time
 */
public record InputLayout(
    List<Text> texts, List<Values> numbers, List<Values> indices, boolean oneByOne) {
  /** More values than this, of one event, are no model's. */
  static final int MAX_VALUES = 1 << 24;

  public InputLayout {
    texts = List.copyOf(texts);
    numbers = List.copyOf(numbers);
    indices = List.copyOf(indices);
  }

  /** What a tensor's elements are. */
  public enum Cell {
    FLOAT("float", Float.BYTES),
    INT32("int32", Integer.BYTES),
    INT64("int64", Long.BYTES);

    private final String type;
    private final int bytes;

    Cell(String type, int bytes) {
      this.type = type;
      this.bytes = bytes;
    }

    public int bytes() {
      return bytes;
    }

    /** The cell that holds a tensor's type, or null where none does. */
    static @Nullable Cell of(TensorSpec spec) {
      for (Cell cell : values()) {
        if (cell.type.equals(spec.getType())) {
          return cell;
        }
      }
      return null;
    }
  }

  /**
   * The inputs of one text.
   *
   * @param padTo the fixed number of tokens, or 0 for the batch's longest
   * @param padId fills up the ids
   */
  public record Text(
      String ids, @Nullable String mask, @Nullable String types, Cell cell, int padTo, int padId) {}

  /**
   * One input of a fixed size.
   *
   * @param dims without the batch
   */
  public record Values(String input, Cell cell, List<Integer> dims) {
    public Values {
      dims = List.copyOf(dims);
    }

    /** How many values an event has of it. */
    public int size() {
      return InputLayout.size(dims);
    }
  }

  /** An event of nothing but zeros, with this many tokens in each text. */
  public Features zeros(int tokens) {
    long[][] ids = new long[texts.size()][];
    for (int i = 0; i < ids.length; i++) {
      int padTo = texts.get(i).padTo();
      ids[i] = new long[padTo > 0 ? Math.min(padTo, tokens) : tokens];
    }
    return new Features(ids, new float[total(numbers)], new long[total(indices)]);
  }

  static int total(List<Values> inputs) {
    return inputs.stream().mapToInt(Values::size).sum();
  }

  /**
   * The product of dims.
   *
   * @throws IllegalArgumentException where one is not above 0, or there are too many values
   */
  static int size(List<Integer> dims) {
    long size = 1;
    for (int dim : dims) {
      if (dim < 1 || size * dim > MAX_VALUES) {
        throw new IllegalArgumentException(
            "dims %s must each be above 0 and give at most %d values".formatted(dims, MAX_VALUES));
      }
      size *= dim;
    }
    return (int) size;
  }
}
