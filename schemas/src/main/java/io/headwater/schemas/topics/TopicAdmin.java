package io.headwater.schemas.topics;

import static java.util.Objects.requireNonNull;
import static org.apache.kafka.common.config.TopicConfig.MAX_MESSAGE_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.RETENTION_MS_CONFIG;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates a catalogue's topics, and verifies and mends those that stand. */
public final class TopicAdmin {
  private static final long TIMEOUT_SECONDS = 30;

  private final Admin admin;

  public TopicAdmin(Admin admin) {
    this.admin = admin;
  }

  /**
   * Creates the topics that are missing and leaves the others as they are.
   *
   * @return the names of those created
   */
  public List<String> create(List<TopicSpec> wanted) {
    Map<String, KafkaFuture<Void>> made =
        admin
            .createTopics(
                wanted.stream()
                    .map(
                        spec ->
                            new NewTopic(
                                    spec.name(),
                                    Optional.of(spec.partitions()),
                                    spec.replication() < 1
                                        ? Optional.empty()
                                        : Optional.of(spec.replication()))
                                .configs(spec.config()))
                    .toList())
            .values();
    List<String> created = new ArrayList<>();
    for (TopicSpec spec : wanted) {
      try {
        await(requireNonNull(made.get(spec.name())));
        created.add(spec.name());
      } catch (TopicExistsException e) {
        // stands already: verify says whether it is as it should be
      }
    }
    return created;
  }

  /**
   * Sets the settings of standing topics that differ from the catalogue's; partitions are left
   * alone.
   *
   * @return what was set, as {@code topic: name=value}
   */
  public List<String> alter(List<TopicSpec> wanted) {
    Map<String, TopicDescription> standing = describe(names(wanted));
    List<TopicSpec> present =
        wanted.stream().filter(spec -> spec.ours() && standing.containsKey(spec.name())).toList();
    Map<String, Config> configs = configs(names(present));
    Map<ConfigResource, Collection<AlterConfigOp>> operations = new LinkedHashMap<>();
    List<String> altered = new ArrayList<>();
    for (TopicSpec spec : present) {
      Map<String, String> differing = differing(spec, requireNonNull(configs.get(spec.name())));
      differing.forEach((name, value) -> altered.add(spec.name() + ": " + name + "=" + value));
      if (!differing.isEmpty()) {
        operations.put(
            new ConfigResource(ConfigResource.Type.TOPIC, spec.name()),
            differing.entrySet().stream()
                .map(
                    entry ->
                        new AlterConfigOp(
                            new ConfigEntry(entry.getKey(), entry.getValue()),
                            AlterConfigOp.OpType.SET))
                .toList());
      }
    }
    await(admin.incrementalAlterConfigs(operations).all());
    return altered;
  }

  /**
   * Checks that every topic stands with the partitions and settings it needs.
   *
   * @throws TopicMismatchException naming every difference and the command that mends it
   */
  public void verify(List<TopicSpec> wanted) throws TopicMismatchException {
    Map<String, TopicDescription> standing = describe(names(wanted));
    List<String> missing = new ArrayList<>();
    List<String> mismatches = new ArrayList<>();
    List<TopicSpec> present = new ArrayList<>();
    for (TopicSpec spec : wanted) {
      TopicDescription description = standing.get(spec.name());
      if (description == null) {
        missing.add(spec.name());
        continue;
      }
      if (spec.ours()) {
        present.add(spec);
      }
      int partitions = description.partitions().size();
      if (partitions != spec.partitions()) {
        mismatches.add(
            "topic "
                + spec.name()
                + " has "
                + partitions
                + " partitions where the pipeline needs "
                + spec.partitions()
                + ": set `partitions: "
                + partitions
                + "` in the pipeline file, or recreate the topic");
      }
    }
    if (!missing.isEmpty()) {
      mismatches.add(
          0,
          "missing topics: "
              + String.join(", ", missing)
              + ": run `headwater topics create` with the same --pipeline and --bootstrap-server");
    }
    Map<String, Config> configs = configs(names(present));
    for (TopicSpec spec : present) {
      Config config = requireNonNull(configs.get(spec.name()));
      differing(spec, config)
          .forEach(
              (name, value) ->
                  mismatches.add(
                      "topic "
                          + spec.name()
                          + " has "
                          + name
                          + "="
                          + valueOf(config, name)
                          + " where the pipeline needs "
                          + value
                          + ": run `headwater topics create --alter` with the same --pipeline and"
                          + " --bootstrap-server"));
    }
    if (!mismatches.isEmpty()) {
      throw new TopicMismatchException(mismatches);
    }
  }

  private static List<String> names(List<TopicSpec> specs) {
    return specs.stream().map(TopicSpec::name).toList();
  }

  private Map<String, TopicDescription> describe(List<String> names) {
    Set<String> standing = await(admin.listTopics().names());
    return await(
        admin.describeTopics(names.stream().filter(standing::contains).toList()).allTopicNames());
  }

  private Map<String, Config> configs(List<String> names) {
    Map<String, Config> configs = new HashMap<>();
    await(
            admin
                .describeConfigs(
                    names.stream()
                        .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                        .toList())
                .all())
        .forEach((resource, config) -> configs.put(resource.name(), config));
    return configs;
  }

  /** The settings to change, with the values they should have. */
  private static Map<String, String> differing(TopicSpec spec, Config config) {
    Map<String, String> differing = new LinkedHashMap<>();
    spec.config()
        .forEach(
            (name, value) -> {
              if (!suffices(name, value, valueOf(config, name))) {
                differing.put(name, value);
              }
            });
    return differing;
  }

  private static String valueOf(Config config, String name) {
    return config.get(name).value();
  }

  /** Larger records and longer retention than asked for are as good; all else must be equal. */
  private static boolean suffices(String name, String wanted, String standing) {
    return switch (name) {
      case MAX_MESSAGE_BYTES_CONFIG -> Long.parseLong(standing) >= Long.parseLong(wanted);
      case RETENTION_MS_CONFIG ->
          standing.equals("-1")
              || (!wanted.equals("-1") && Long.parseLong(standing) >= Long.parseLong(wanted));
      default -> standing.equals(wanted);
    };
  }

  private static <T> T await(KafkaFuture<T> future) {
    try {
      return future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KafkaException cause) {
        throw cause;
      }
      throw new KafkaException(e.getCause());
    } catch (TimeoutException e) {
      throw new org.apache.kafka.common.errors.TimeoutException(
          "no answer from the brokers within "
              + TIMEOUT_SECONDS
              + " s: check --bootstrap-server and that the broker is up",
          e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
