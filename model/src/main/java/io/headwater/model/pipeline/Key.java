package io.headwater.model.pipeline;

import java.util.List;

/**
 * One key of the pipeline file, declared once for reading and for the reference page.
 *
 * @param path names from the top; {@code <name>} stands for one that the user chooses
 * @param sample the default as it would be written, or an example where there is no default
 * @param doc one or two sentences
 */
record Key<T>(List<String> path, Kind<T> kind, Presence presence, String sample, String doc) {
  enum Presence {
    REQUIRED,
    DEFAULTED,
    OPTIONAL
  }

  static <T> Key<T> required(String path, Kind<T> kind, String example, String doc) {
    return new Key<>(split(path), kind, Presence.REQUIRED, example, doc);
  }

  static <T> Key<T> defaulted(String path, Kind<T> kind, String byDefault, String doc) {
    return new Key<>(split(path), kind, Presence.DEFAULTED, byDefault, doc);
  }

  static <T> Key<T> optional(String path, Kind<T> kind, String example, String doc) {
    return new Key<>(split(path), kind, Presence.OPTIONAL, example, doc);
  }

  private static List<String> split(String path) {
    return List.of(path.split("\\."));
  }

  static boolean isChosen(String segment) {
    return segment.startsWith("<");
  }

  String dotted() {
    return String.join(".", path);
  }

  /** The path with the user's names in place of those that stand for them. */
  List<String> path(String... chosen) {
    int[] next = {0};
    return path.stream().map(segment -> isChosen(segment) ? chosen[next[0]++] : segment).toList();
  }

  /** Whether {@code given} is this key or a section that leads to it. */
  boolean startsWith(List<String> given) {
    if (given.size() > path.size()) {
      return false;
    }
    for (int i = 0; i < given.size(); i++) {
      if (!isChosen(path.get(i)) && !path.get(i).equals(given.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** What the sample stands for. */
  T sampleValue() {
    Problems none = new Problems(dotted());
    try {
      return kind.read(YamlReader.read(sample, none));
    } catch (BadValueException e) {
      throw new IllegalStateException("sample of '" + dotted() + "' " + e.getMessage(), e);
    }
  }
}
