package io.headwater.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.pack.Digest;
import io.headwater.schemas.serde.JsonEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;

/**
 * A file of labelled events that a pipeline names: a JSON object a line, each an event with its
 * {@code label} besides.
 *
 * @param digest SHA-256 of the file
 */
record LabelledFile(String digest, List<LabelledEvent> events) {
  private static final String LABEL = "label";
  private static final int MOST = 20_000;
  private static final long MOST_BYTES = 64L << 20;
  private static final int MAX_EVENT_BYTES = 1 << 20;

  LabelledFile {
    events = List.copyOf(events);
  }

  /**
   * Reads a file.
   *
   * @param key of the pipeline file that names it
   * @throws IllegalArgumentException naming the file, and the line that can't be used
   */
  static LabelledFile read(Path file, List<String> labels, String key) {
    byte[] bytes;
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new IllegalArgumentException("%s (%s) is larger than 64 MiB".formatted(file, key));
      }
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IllegalArgumentException("%s (%s) can't be read".formatted(file, key), e);
    }
    JsonEvents json = new JsonEvents(MAX_EVENT_BYTES);
    List<LabelledEvent> events = new ArrayList<>();
    List<String> lines = new String(bytes, UTF_8).lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        events.add(event(json, lines.get(i), labels, "%s:%d".formatted(file, i + 1)));
      }
    }
    if (events.isEmpty() || events.size() > MOST) {
      throw new IllegalArgumentException(
          "%s (%s) holds %d events; give 1 to %d".formatted(file, key, events.size(), MOST));
    }
    return new LabelledFile(Digest.of(bytes), events);
  }

  private static LabelledEvent event(
      JsonEvents json, String line, List<String> labels, String where) {
    JsonNode event;
    try {
      event = json.decode(line.getBytes(UTF_8)).deepCopy();
    } catch (SerializationException e) {
      throw new IllegalArgumentException(where + " is no JSON object", e);
    }
    JsonNode label = event instanceof ObjectNode object ? object.remove(LABEL) : null;
    if (label == null || !labels.contains(label.asText())) {
      throw new IllegalArgumentException(
          "%s has no field 'label' that is one of %s".formatted(where, labels));
    }
    return new LabelledEvent(event, label.asText());
  }
}
