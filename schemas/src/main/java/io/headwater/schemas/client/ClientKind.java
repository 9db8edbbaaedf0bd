package io.headwater.schemas.client;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A kind of Kafka client, and the prefix of the settings that are for it alone: {@code
 * consumer.fetch.max.bytes} sets {@code fetch.max.bytes} of consumers and of no others.
 */
public enum ClientKind {
  CONSUMER("consumer."),
  PRODUCER("producer.");

  /** Every prefix that a settings file may use. */
  public static final List<String> PREFIXES = List.of("consumer.", "producer.", "streams.");

  private final String prefix;

  ClientKind(String prefix) {
    this.prefix = prefix;
  }

  /**
   * The settings of a client of this kind, by Kafka's own names: those for all clients, and over
   * them those for this kind; those for others are left out.
   */
  public Map<String, Object> settings(Map<String, Object> all) {
    Map<String, Object> chosen = new HashMap<>();
    all.forEach(
        (name, value) -> {
          if (PREFIXES.stream().noneMatch(name::startsWith)) {
            chosen.put(name, value);
          }
        });
    all.forEach(
        (name, value) -> {
          if (name.startsWith(prefix)) {
            chosen.put(name.substring(prefix.length()), value);
          }
        });
    return chosen;
  }
}
