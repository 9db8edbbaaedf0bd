package io.headwater.ops.command;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.ops.UserError;
import io.headwater.schemas.topics.TopicAdmin;
import io.headwater.schemas.topics.TopicCatalogue;
import io.headwater.schemas.topics.TopicMismatchException;
import io.headwater.schemas.topics.TopicSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;

/** A Kafka cluster that answers, and a pipeline's topics on it. */
final class Cluster implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Admin admin;
  private final TopicAdmin topics;

  private Cluster(Admin admin) {
    this.admin = admin;
    this.topics = new TopicAdmin(admin);
  }

  /**
   * Connects to the cluster.
   *
   * @throws UserError where no broker answers, or it refuses these credentials
   */
  static Cluster reach(ClientSettings settings) {
    Map<String, Object> client = new LinkedHashMap<>(settings.client());
    client.putIfAbsent("default.api.timeout.ms", Long.toString(PATIENCE.toMillis()));
    client.putIfAbsent("request.timeout.ms", Long.toString(PATIENCE.toMillis() / 2));
    Admin admin = open(client, settings);
    try {
      admin.describeCluster().clusterId().get();
      return new Cluster(admin);
    } catch (ExecutionException e) {
      admin.close(Duration.ZERO);
      throw unreachable(e.getCause() == null ? e : e.getCause(), settings);
    } catch (InterruptedException e) {
      admin.close(Duration.ZERO);
      throw new InterruptException(e);
    }
  }

  /** Checks a pipeline's topics on a cluster that is reached for that alone. */
  static void verify(Pipeline pipeline, ClientSettings settings) throws TopicMismatchException {
    try (Cluster cluster = reach(settings)) {
      cluster.verify(pipeline);
    }
  }

  /** Creates the topics that are missing. */
  List<String> create(Pipeline pipeline) {
    return topics.create(specs(pipeline));
  }

  /** Sets the settings of standing topics that differ from what the pipeline needs. */
  List<String> alter(Pipeline pipeline) {
    return topics.alter(specs(pipeline));
  }

  void verify(Pipeline pipeline) throws TopicMismatchException {
    topics.verify(specs(pipeline));
  }

  @Override
  public void close() {
    admin.close();
  }

  static List<TopicSpec> specs(Pipeline pipeline) {
    int partitions = pipeline.wire().partitions();
    int replication = pipeline.wire().replication();
    int maxBytes = pipeline.event().maxBytes();
    List<TopicSpec> specs =
        new ArrayList<>(TopicCatalogue.of(pipeline.topics(), partitions, replication, maxBytes));
    if (pipeline.windows() != null) {
      specs.add(TopicCatalogue.enriched(pipeline.topics(), partitions, replication, maxBytes));
    }
    return List.copyOf(specs);
  }

  private static Admin open(Map<String, Object> client, ClientSettings settings) {
    try {
      return Admin.create(client);
    } catch (KafkaException e) {
      if (e.getCause() != null && String.valueOf(e.getCause().getMessage()).contains("bootstrap")) {
        throw unreachable(e, settings);
      }
      throw e;
    }
  }

  private static UserError unreachable(Throwable cause, ClientSettings settings) {
    String where = settings.bootstrapServers();
    if (cause instanceof AuthenticationException || cause instanceof AuthorizationException) {
      return new UserError(
          "the brokers at " + where + " refuse these credentials",
          "correct the security settings in --command-config",
          cause);
    }
    return new UserError(
        "no Kafka broker answers at " + where,
        "check --bootstrap-server and that the broker is up (headwater broker starts one)",
        cause);
  }
}
