package io.headwater.model.pipeline;

import java.nio.file.Path;

/** Reads a pipeline file and reports everything wrong with it at once. */
public final class PipelineFile {
  private PipelineFile() {}

  /**
   * Reads and checks a pipeline file.
   *
   * @throws PipelineFileException naming every problem as {@code file:line: what; mend}
   */
  public static Pipeline read(Path file) {
    throw new UnsupportedOperationException("not written");
  }

  /** The same, from text; {@code name} stands for the file in messages. */
  public static Pipeline parse(String name, String yaml) {
    throw new UnsupportedOperationException("not written");
  }
}
