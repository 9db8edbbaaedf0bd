package io.headwater.ops.command;

import io.headwater.ops.broker.EmbeddedBroker;
import io.headwater.ops.process.Folders;
import io.headwater.ops.process.StopSignal;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a broker until it is stopped. */
@Command(
    name = "broker",
    header = "Run a Kafka broker on this machine.",
    description = {
      "A single node that listens on 127.0.0.1 alone and keeps its data on disk: to try things on,"
          + " not to serve others."
    })
final class BrokerCommand implements Callable<Integer>, Daemon {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerCommand.class);

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "" + EmbeddedBroker.DEFAULT_PORT,
      description = "Port to listen on; 0 finds a free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where it keeps its data (default: the user's data directory).")
  private @Nullable Path data;

  @Override
  public Integer call() throws InterruptedException {
    StopSignal stop = StopSignal.listen();
    Path directory = data == null ? Folders.ofUser().data().resolve("broker") : data;
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, port)) {
      LOG.info("Kafka answers at {}; data in {}", broker.bootstrapServers(), directory);
      LOG.info("Ctrl-C stops it");
      stop.await();
      LOG.info("Stopping");
    }
    return 0;
  }
}
