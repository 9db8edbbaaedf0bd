package io.headwater.model.pipeline;

import java.util.Locale;

/** How much of a model a pipeline wants trained. */
public sealed interface FreezeRule {
  /** A count as a regular expression. */
  String COUNT = "[1-9]\\d{0,4}";

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

  /**
   * A head that taps the backbone earlier; the segments behind the tap fall out.
   *
   * @param kept how many leading segments stay
   */
  record Tap(int kept) implements FreezeRule {
    public Tap {
      if (kept < 1) {
        throw new IllegalArgumentException("no segment would be left");
      }
    }

    @Override
    public String toString() {
      return "tap:" + kept;
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
        if (rule.matches("tap:" + COUNT)) {
          return new Tap(Integer.parseInt(rule.substring("tap:".length())));
        }
        if (!rule.matches("segments:" + COUNT)) {
          throw new IllegalArgumentException("not one of them");
        }
        return new Last(Integer.parseInt(rule.substring("segments:".length())));
      }
    }
  }
}
