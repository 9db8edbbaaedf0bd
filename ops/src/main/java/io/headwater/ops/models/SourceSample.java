package io.headwater.ops.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.model.featurise.Statistics;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.ops.UserError;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Labelled events of the task that a model was trained for, a JSON object a line. */
public final class SourceSample {
  /** No sample at all. */
  public static final SourceSample NONE = new SourceSample(null, List.of());

  private static final int MAX_BYTES = 16 << 20;

  private final byte @Nullable [] bytes;
  private final List<JsonNode> events;

  private SourceSample(byte @Nullable [] bytes, List<JsonNode> events) {
    this.bytes = bytes;
    this.events = List.copyOf(events);
  }

  /**
   * Reads a file.
   *
   * @throws UserError naming the line that is no JSON object
   */
  public static SourceSample read(Path file) {
    byte[] bytes = ModelFiles.read(file);
    if (bytes.length > MAX_BYTES) {
      throw new UserError(
          "%s is larger than %d MiB".formatted(file, MAX_BYTES >> 20), "give fewer events");
    }
    ObjectMapper json = new ObjectMapper();
    List<JsonNode> events = new ArrayList<>();
    List<String> lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).isBlank()) {
        continue;
      }
      try {
        JsonNode event = json.readTree(lines.get(i));
        if (!event.isObject()) {
          throw notAnObject(file, i);
        }
        events.add(event);
      } catch (JsonProcessingException e) {
        throw notAnObject(file, i);
      }
    }
    return new SourceSample(bytes, events);
  }

  private static UserError notAnObject(Path file, int index) {
    return new UserError(
        "%s:%d is no JSON object".formatted(file, index + 1), "write one event a line");
  }

  /** The file's own bytes, or null where there is none. */
  public @Nullable ByteBuffer bytes() {
    return bytes == null ? null : ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  /** The events, in the order of the file. */
  public List<JsonNode> events() {
    return events;
  }

  /** What the pipeline's standardised fields measure on the sample. */
  public Statistics statistics(Pipeline pipeline) {
    return events.isEmpty() ? Statistics.none() : Statistics.of(pipeline.features(), events);
  }
}
