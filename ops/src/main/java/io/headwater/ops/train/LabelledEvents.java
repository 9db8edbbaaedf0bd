package io.headwater.ops.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.featurise.LabelNumber;
import io.headwater.ops.UserError;
import io.headwater.trainer.LabelledEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file of labelled events: one JSON object a line, or tab-separated columns under a line of their
 * names.
 *
 * <p>A row is an event as the pipeline takes it, with its {@code label} besides, a class or, where
 * the pipeline's labels are numbers, a number; a column named {@code a.b} is the field {@code b} of
 * the object {@code a}. Messages name lines, never what is in them.
 */
public final class LabelledEvents {
  private static final int MAX_ROWS = 200_000;
  private static final String LABEL = "label";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final List<String> labels;
  private final List<LabelledEvent> events = new ArrayList<>();
  private List<String> columns = List.of();

  private LabelledEvents(Path file, List<String> labels) {
    this.file = file;
    this.labels = labels;
  }

  /**
   * Reads a file, in its order.
   *
   * @param labels those that the pipeline names; none where they are numbers
   * @throws UserError naming the line of the first row that can't be used
   */
  public static List<LabelledEvent> read(Path file, List<String> labels) {
    return new LabelledEvents(file, labels).read();
  }

  private List<LabelledEvent> read() {
    int number = 0;
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          read(number, line);
        }
      }
    } catch (CharacterCodingException e) {
      throw new UserError("%s:%d: not UTF-8".formatted(file, number + 1), "save it as UTF-8", e);
    } catch (IOException e) {
      throw new UserError(
          "the labelled events in " + file + " can't be read", "give --data a readable file", e);
    }
    if (events.isEmpty()) {
      throw new UserError(file + " holds no labelled events", "give one a line");
    }
    return List.copyOf(events);
  }

  private void read(int number, String line) {
    if (line.startsWith("{") && columns.isEmpty()) {
      add(number, object(number, line));
    } else if (!columns.isEmpty()) {
      add(number, row(number, line.split("\t", -1)));
    } else if (events.isEmpty()) {
      columns = List.of(line.split("\t", -1));
      if (!columns.contains(LABEL)) {
        throw at(
            number,
            "neither a JSON object nor column names with 'label' among them",
            "write one JSON object a line, or tab-separated columns under their names");
      }
    } else {
      throw at(number, "not a JSON object", "write one whole JSON object a line");
    }
  }

  private ObjectNode object(int number, String line) {
    try {
      if (JSON.readTree(line) instanceof ObjectNode object) {
        return object;
      }
      throw at(number, "not a JSON object", "write one whole JSON object a line");
    } catch (JsonProcessingException e) {
      throw at(number, "not JSON", "write one whole JSON object a line");
    }
  }

  private ObjectNode row(int number, String[] cells) {
    if (cells.length != columns.size()) {
      throw at(
          number,
          "%d columns where the first line names %d".formatted(cells.length, columns.size()),
          "write one tab between columns and none in a text");
    }
    ObjectNode row = JSON.createObjectNode();
    for (int i = 0; i < cells.length; i++) {
      put(row, columns.get(i), cells[i]);
    }
    return row;
  }

  private static void put(ObjectNode row, String path, String text) {
    int dot = path.indexOf('.');
    if (dot < 0) {
      row.put(path, text);
    } else {
      put(row.withObjectProperty(path.substring(0, dot)), path.substring(dot + 1), text);
    }
  }

  private void add(int number, ObjectNode event) {
    @Nullable JsonNode label = event.remove(LABEL);
    if (label == null || !isOne(label.asText())) {
      throw at(
          number,
          label == null
              ? "no label"
              : labels.isEmpty()
                  ? "a label that is no finite 32-bit number"
                  : "a label that the pipeline does not name",
          labels.isEmpty() ? "write a number" : "use one of " + String.join(", ", labels));
    }
    if (events.size() == MAX_ROWS) {
      throw at(number, "more than %,d events".formatted(MAX_ROWS), "give the newest of them alone");
    }
    events.add(new LabelledEvent(event, label.asText()));
  }

  private boolean isOne(String label) {
    return labels.isEmpty() ? LabelNumber.parse(label).isPresent() : labels.contains(label);
  }

  private UserError at(int number, String problem, String mend) {
    return new UserError("%s:%d: %s".formatted(file, number, problem), mend);
  }
}
