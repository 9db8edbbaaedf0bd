package io.headwater.model.pipeline;

import java.util.List;

/** A pipeline file that can't be used; the message holds every problem, a line each. */
public final class PipelineFileException extends RuntimeException {
  private final List<String> problems;

  public PipelineFileException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }
}
