package io.headwater.ops.command;

import io.headwater.model.log.ModelLog;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.model.sign.Trust;
import io.headwater.ops.process.Folders;
import io.headwater.schemas.topics.TopicMismatchException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that name a pipeline's model log, for commands that can do without one, too. */
final class LogOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = {"-p", "--pipeline"},
      paramLabel = "FILE",
      description = "The pipeline file.")
  private @Nullable Path file;

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  /**
   * A pipeline on a cluster that has its topics.
   *
   * @param client settings for every Kafka client
   */
  record Place(Pipeline pipeline, ClientSettings client) {
    /** Opens the log with the user's own cache. */
    ModelLog open(Trust trust) {
      return open(trust, Folders.ofUser().state().resolve("models").resolve(pipeline.name()));
    }

    ModelLog open(Trust trust, Path cache) {
      return new ModelLog(pipeline.topics(), client.client(), cache, () -> trust);
    }
  }

  /** The place that the options name, once its topics have been verified. */
  Place place() throws TopicMismatchException {
    if (file == null) {
      throw new ParameterException(
          command.commandLine(),
          "stages and versions are looked up in a pipeline's model log: give --pipeline and"
              + " --bootstrap-server");
    }
    Place place = new Place(PipelineFile.read(file), cluster.settings());
    Cluster.verify(place.pipeline(), place.client());
    return place;
  }
}
