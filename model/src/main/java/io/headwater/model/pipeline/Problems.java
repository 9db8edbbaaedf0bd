package io.headwater.model.pipeline;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What is wrong with one file, gathered so that all of it is reported at once. */
final class Problems {
  private record Problem(int line, String text) {}

  private final String file;
  private final List<Problem> found = new ArrayList<>();

  Problems(String file) {
    this.file = file;
  }

  void add(int line, String what, String mend) {
    found.add(new Problem(line, file + ":" + line + ": " + what + "; " + mend));
  }

  boolean isEmpty() {
    return found.isEmpty();
  }

  /** All of them, in the order of their lines. */
  PipelineFileException exception() {
    return new PipelineFileException(
        found.stream().sorted(Comparator.comparingInt(Problem::line)).map(Problem::text).toList());
  }
}
