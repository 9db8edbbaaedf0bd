package io.headwater.model.pipeline;

import java.util.List;
import java.util.Map;

/** A YAML value and the line that it starts on, from 1. */
sealed interface Yaml {
  int line();

  /** What it is, for a message: never longer than a line. */
  String shape();

  /** Keys in the order of the file. */
  record Mapping(int line, Map<String, Entry> entries) implements Yaml {
    @Override
    public String shape() {
      return "a mapping";
    }
  }

  /**
   * A mapping's value.
   *
   * @param keyLine line of the key
   */
  record Entry(int keyLine, Yaml value) {}

  record Sequence(int line, List<Yaml> items) implements Yaml {
    @Override
    public String shape() {
      return "a list";
    }
  }

  /** Text, number or boolean, as it was written. */
  record Scalar(int line, String text) implements Yaml {
    private static final int SHOWN = 60;

    @Override
    public String shape() {
      String flat = text.replaceAll("\\s+", " ");
      return "'" + (flat.length() <= SHOWN ? flat : flat.substring(0, SHOWN) + "...") + "'";
    }
  }

  /** A key or list item without a value. */
  record Nothing(int line) implements Yaml {
    @Override
    public String shape() {
      return "empty";
    }
  }
}
