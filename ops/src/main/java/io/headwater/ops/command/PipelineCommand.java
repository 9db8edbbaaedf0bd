package io.headwater.ops.command;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.ops.data.PretrainedModels;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What can be done with a pipeline file alone. */
@Command(name = "pipeline", header = "Check a pipeline file, and fetch what it needs.")
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
                    pipeline.model().pretrained() == null
                        ? "a model of its own"
                        : pipeline.model().pretrained(),
                    String.join(", ", pipeline.labels())));
    return 0;
  }

  @Command(
      name = "fetch",
      header = "Fetch the pre-trained model that a pipeline starts from.",
      description = "It goes into the user's cache; train --data then needs no network for it.")
  int fetch(@Parameters(paramLabel = "FILE", description = "The pipeline file.") Path file) {
    PrintWriter out = spec.commandLine().getOut();
    PretrainedModels.Pretrained model =
        Pretraining.models(out::println).fetch(PipelineFile.read(file).model());
    out.println("%s is at hand; licence: %s".formatted(model.name(), model.licence()));
    return 0;
  }
}
