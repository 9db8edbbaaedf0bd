package io.headwater.model.pipeline;

import java.util.Locale;

/** How much of a model a pipeline wants trained. */
public sealed interface FreezeRule {
  /** What a pipeline without the key says. */
  FreezeRule DEFAULT = new Auto();

  /** As many trailing segments as the examples and their likeness to the source task warrant. */
  record Auto() implements FreezeRule {
    @Override
    public String toString() {
      return "auto";
    }
  }

  /** The head alone: the segments that the package marks as trainable. */
  record Head() implements FreezeRule {
    @Override
    public String toString() {
      return "head";
    }
  }

  /**
   * The last segments.
   *
   * @param count how many, the head's among them
   */
  record Last(int count) implements FreezeRule {
    public Last {
      if (count < 1) {
        throw new IllegalArgumentException("no segment would be trained");
      }
    }

    @Override
    public String toString() {
      return "segments:" + count;
    }
  }

  /** Every segment. */
  record All() implements FreezeRule {
    @Override
    public String toString() {
      return "all";
    }
  }

  /**
   * Reads what {@code toString} writes.
   *
   * @throws IllegalArgumentException saying what the text is not
   */
  static FreezeRule parse(String text) {
    String rule = text.toLowerCase(Locale.ROOT);
    switch (rule) {
      case "auto" -> {
        return new Auto();
      }
      case "head" -> {
        return new Head();
      }
      case "all" -> {
        return new All();
      }
      default -> {
        if (rule.startsWith("tap:")) {
          throw new IllegalArgumentException(
              "and a head is moved to an earlier tap by an import: use --output");
        }
        if (!rule.matches("segments:[1-9]\\d{0,4}")) {
          throw new IllegalArgumentException("not one of them");
        }
        return new Last(Integer.parseInt(rule.substring("segments:".length())));
      }
    }
  }
}
