package io.headwater.ops.command;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that name a Kafka cluster and say how to talk to it. */
final class ClusterOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = {"-b", "--bootstrap-server"},
      paramLabel = "HOST:PORT",
      defaultValue = "${env:HEADWATER_BOOTSTRAP_SERVER}",
      description = "Kafka brokers, with commas between them (or set HEADWATER_BOOTSTRAP_SERVER).")
  private @Nullable String bootstrapServer;

  @Option(
      names = "--command-config",
      paramLabel = "FILE",
      description = {
        "Kafka client settings, such as security, as name=value lines.",
        "Names may start with consumer., producer. or streams."
      })
  private @Nullable Path commandConfig;

  /** The settings, with a cluster named in them. */
  ClientSettings settings() {
    ClientSettings settings =
        commandConfig == null ? ClientSettings.none() : ClientSettings.read(commandConfig);
    if (bootstrapServer != null && !bootstrapServer.isBlank()) {
      settings = settings.at(bootstrapServer);
    }
    if (settings.bootstrapServers().isBlank()) {
      throw new ParameterException(
          command.commandLine(),
          "no Kafka cluster is named: give --bootstrap-server or set HEADWATER_BOOTSTRAP_SERVER");
    }
    return settings;
  }
}
