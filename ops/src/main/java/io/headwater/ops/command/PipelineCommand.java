package io.headwater.ops.command;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What can be said of a pipeline file alone. */
@Command(name = "pipeline", header = "Check a pipeline file.")
final class PipelineCommand implements Offline {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Command(
      name = "check",
      header = "Report everything that is wrong with a pipeline file.",
      description = "Nothing is started and no broker is asked.")
  int check(@Parameters(paramLabel = "FILE", description = "The pipeline file.") Path file) {
    Pipeline pipeline = PipelineFile.read(file);
    spec.commandLine()
        .getOut()
        .println(
            "%s is sound: pipeline %s, %s, labels %s"
                .formatted(
                    file,
                    pipeline.name(),
                    pipeline.model().pretrained(),
                    String.join(", ", pipeline.labels())));
    return 0;
  }
}
