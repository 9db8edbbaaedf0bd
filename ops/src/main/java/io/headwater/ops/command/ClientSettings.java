package io.headwater.ops.command;

import io.headwater.ops.UserError;
import io.headwater.schemas.client.ClientKind;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * How to reach a cluster; its values may be secret and are never printed.
 *
 * @param client settings of every Kafka client
 * @param overrides settings by {@code consumer.}, {@code producer.} or {@code streams.}, then
 *     Kafka's own name
 */
record ClientSettings(Map<String, Object> client, Map<String, String> overrides) {
  private static final String BOOTSTRAP = "bootstrap.servers";

  ClientSettings {
    client = Map.copyOf(client);
    overrides = Map.copyOf(overrides);
  }

  /**
   * The settings of a file, with the bootstrap servers put over them.
   *
   * @param file as Kafka's own tools take by --command-config
   */
  static ClientSettings read(Path file) {
    Properties properties = new Properties();
    try (Reader text = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(text);
    } catch (IOException | IllegalArgumentException e) {
      throw new UserError(
          "the settings file " + file + " can't be read",
          "give --command-config a readable file of name=value lines",
          e);
    }
    Map<String, Object> client = new LinkedHashMap<>();
    Map<String, String> overrides = new TreeMap<>();
    for (String name : properties.stringPropertyNames()) {
      String value = properties.getProperty(name);
      if (ClientKind.PREFIXES.stream().anyMatch(name::startsWith)) {
        overrides.put(name, value);
      } else {
        client.put(name, value);
      }
    }
    return new ClientSettings(client, overrides);
  }

  static ClientSettings none() {
    return new ClientSettings(Map.of(), Map.of());
  }

  ClientSettings at(String bootstrapServers) {
    Map<String, Object> changed = new LinkedHashMap<>(client);
    changed.put(BOOTSTRAP, bootstrapServers);
    return new ClientSettings(changed, overrides);
  }

  /** All of them in one, for clients that pick by {@link ClientKind}. */
  Map<String, Object> prefixed() {
    Map<String, Object> all = new LinkedHashMap<>(client);
    all.putAll(overrides);
    return all;
  }

  /** Empty where none is named. */
  String bootstrapServers() {
    return String.valueOf(client.getOrDefault(BOOTSTRAP, ""));
  }

  @Override
  public String toString() {
    return "client settings for " + bootstrapServers();
  }
}
