package io.headwater.ops.command;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that names the pipeline file. */
final class PipelineOption {
  @Option(
      names = {"-p", "--pipeline"},
      required = true,
      paramLabel = "FILE",
      description = "The pipeline file.")
  private Path file = Path.of("");

  /** Reads the file; whatever is wrong with it is reported at once. */
  Pipeline read() {
    return PipelineFile.read(file);
  }

  /** What to do where the pipeline has no version yet, to be put behind what waits for it. */
  String firstVersion() {
    return "; headwater train --pipeline %s --data labelled.jsonl makes the first (--package DIR trains the head of an imported model), headwater model publish DIR --pipeline %s --to production takes a trained one"
        .formatted(file, file);
  }
}
