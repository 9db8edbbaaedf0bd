package io.headwater.ops.command;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.schemas.topics.TopicMismatchException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Creates and verifies a pipeline's topics. */
@Command(name = "topics", header = "Create and verify a pipeline's topics.")
final class TopicsCommand {
  @Spec private CommandSpec spec = CommandSpec.create();

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  @Command(
      name = "create",
      header = "Create the topics that are missing, then verify all.",
      description = "Topics that stand are left as they are, unless --alter says otherwise.")
  int create(
      @Mixin PipelineOption file,
      @Mixin ClusterOptions options,
      @Option(names = "--alter", description = "Set the settings of standing topics, too.")
          boolean alter)
      throws TopicMismatchException {
    Pipeline pipeline = file.read();
    try (Cluster cluster = Cluster.reach(options.settings())) {
      cluster.create(pipeline).forEach(name -> out().println("created " + name));
      if (alter) {
        cluster.alter(pipeline).forEach(change -> out().println("set     " + change));
      }
      cluster.verify(pipeline);
    }
    out().println(stand(pipeline));
    return 0;
  }

  @Command(
      name = "verify",
      header = "Check that the topics stand as the pipeline needs them.",
      description = "score and train do so at every start.")
  int verify(@Mixin PipelineOption file, @Mixin ClusterOptions options)
      throws TopicMismatchException {
    Pipeline pipeline = file.read();
    Cluster.verify(pipeline, options.settings());
    out().println(stand(pipeline));
    return 0;
  }

  private static String stand(Pipeline pipeline) {
    return "all %d topics of %s stand as they should"
        .formatted(Cluster.specs(pipeline).size(), pipeline.name());
  }
}
