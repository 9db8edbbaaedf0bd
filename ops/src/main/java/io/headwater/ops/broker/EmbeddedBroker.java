package io.headwater.ops.broker;

import io.headwater.ops.UserError;
import io.headwater.ops.process.HeldDirectory;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;

/**
 * A single-node Kafka broker (KRaft, broker and controller in one) in this JVM, on the loopback
 * interface only, with its data on disk.
 *
 * <p>It survives a restart and a kill: the next broker on the directory finds what was written. One
 * broker at a time holds a directory. A fault that Kafka deems fatal, such as a disk that fails,
 * halts the JVM; {@link BrokerProcess} keeps that away from other work.
 */
public final class EmbeddedBroker implements AutoCloseable {
  /** The port that Kafka's own documentation uses. */
  public static final int DEFAULT_PORT = 9092;

  private static final String NODE = "1";
  private static final HeldDirectory.Holder HOLDER = new HeldDirectory.Holder("broker", "--data");

  private final KafkaRaftServer server;
  private final HeldDirectory data;
  private final int port;

  private EmbeddedBroker(KafkaRaftServer server, HeldDirectory data, int port) {
    this.server = server;
    this.data = data;
    this.port = port;
  }

  /**
   * Starts a broker and returns when it answers.
   *
   * @param data the broker's directory; made and formatted where it is new
   * @param port to listen on; 0 finds a free one
   * @throws UserError where the port is taken or the directory can't be used
   */
  public static EmbeddedBroker start(Path data, int port) {
    if (port != 0) {
      Ports.requireFree(port);
    }
    HeldDirectory directory = HeldDirectory.take(data, HOLDER);
    try {
      int listener = port == 0 ? Ports.free() : port;
      format(logs(directory));
      return new EmbeddedBroker(startServer(directory, listener), directory, listener);
    } catch (RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  /** What clients take as {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Stops the broker, with everything flushed, and lets go of the directory. */
  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
    data.close();
  }

  private static Path logs(HeldDirectory directory) {
    return directory.path().resolve("kafka-logs");
  }

  private static void format(Path logs) {
    if (Files.exists(logs.resolve(MetaPropertiesEnsemble.META_PROPERTIES_NAME))) {
      return;
    }
    try (PrintStream unread =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
      Files.createDirectories(logs);
      new Formatter()
          .setPrintStream(unread)
          .setNodeId(Integer.parseInt(NODE))
          .setClusterId(Uuid.randomUuid().toString())
          .setControllerListenerName("CONTROLLER")
          .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
          .setDirectories(List.of(logs.toString()))
          .setMetadataLogDirectory(logs.toString())
          .run();
    } catch (Exception e) {
      throw unusable(logs, e);
    }
  }

  private static KafkaRaftServer startServer(HeldDirectory directory, int port) {
    Properties properties = new Properties();
    properties.putAll(settings(logs(directory), port, Ports.free()));
    KafkaRaftServer server = null;
    try {
      server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
      server.startup();
      return server;
    } catch (RuntimeException e) {
      if (server != null) {
        server.shutdown();
      }
      throw unusable(logs(directory), e);
    }
  }

  private static Map<String, String> settings(Path logs, int port, int controllerPort) {
    return Map.ofEntries(
        Map.entry("node.id", NODE),
        Map.entry("process.roles", "broker,controller"),
        Map.entry(
            "listeners",
            "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort),
        Map.entry("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port),
        Map.entry("controller.listener.names", "CONTROLLER"),
        Map.entry("controller.quorum.voters", NODE + "@127.0.0.1:" + controllerPort),
        Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
        Map.entry("log.dirs", logs.toString()),
        Map.entry("auto.create.topics.enable", "false"),
        Map.entry("group.initial.rebalance.delay.ms", "0"),
        Map.entry("offsets.topic.replication.factor", "1"),
        Map.entry("offsets.topic.num.partitions", "4"),
        Map.entry("transaction.state.log.replication.factor", "1"),
        Map.entry("transaction.state.log.min.isr", "1"),
        Map.entry("transaction.state.log.num.partitions", "4"),
        Map.entry("share.coordinator.state.topic.replication.factor", "1"),
        Map.entry("share.coordinator.state.topic.min.isr", "1"),
        // A broker that was killed registers anew only when its old session has ended.
        Map.entry("broker.session.timeout.ms", "2000"),
        Map.entry("broker.heartbeat.interval.ms", "500"),
        // Readers of committed records wait for the transactions of clients that were killed.
        Map.entry("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000"),
        // The default is 128 MiB of heap.
        Map.entry("log.cleaner.dedupe.buffer.size", "8388608"),
        Map.entry("num.network.threads", "2"),
        Map.entry("num.io.threads", "4"),
        Map.entry("background.threads", "2"));
  }

  private static UserError unusable(Path logs, Exception cause) {
    return new UserError(
        "the broker can't start on " + logs + " (" + cause.getMessage() + ")",
        "move that directory away to start afresh, or name another with --data",
        cause);
  }
}
