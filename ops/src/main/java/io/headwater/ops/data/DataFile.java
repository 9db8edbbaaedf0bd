package io.headwater.ops.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.ops.UserError;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The user's own labelled texts: one JSON object a line, or tab-separated columns under a line of
 * their names.
 *
 * <p>Fields are {@code text} and {@code label}, and optionally {@code id} and {@code time}
 * (ISO-8601 or epoch milliseconds; on every row or on none).
 */
public final class DataFile {
  /** More rows than this are refused: the demo holds them in memory. */
  static final int MAX_ROWS = 100_000;

  private static final int MAX_TEXT = 200_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final List<LabelledItem> items = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();
  private List<String> columns = List.of();

  private DataFile(Path file) {
    this.file = file;
  }

  /**
   * Reads a file; its rows are put in the order of their times where they have any.
   *
   * @throws UserError naming the line of the first row that can't be used
   */
  public static List<LabelledItem> read(Path file) {
    return new DataFile(file).read();
  }

  private List<LabelledItem> read() {
    int number = 0;
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        String text = number == 1 && line.startsWith("\uFEFF") ? line.substring(1) : line;
        if (!text.isBlank()) {
          row(number, text);
        }
      }
    } catch (CharacterCodingException e) {
      throw new UserError(
          "%s:%d: is not UTF-8".formatted(file, number + 1),
          "convert the file, as with iconv -t UTF-8",
          e);
    } catch (IOException e) {
      throw new UserError(
          "the data file %s can't be read (%s)".formatted(file, e), "check --data", e);
    }
    return checked();
  }

  private void row(int number, String line) {
    Map<String, String> row;
    if (line.startsWith("{") && columns.isEmpty()) {
      row = object(number, line);
    } else if (columns.isEmpty()) {
      header(number, line);
      return;
    } else {
      row = cells(number, line);
    }
    add(number, row);
  }

  private void header(int number, String line) {
    List<String> names = List.of(line.split("\t", -1));
    if (!items.isEmpty() || !names.contains("text") || !names.contains("label")) {
      throw at(
          number,
          "is neither a JSON object nor the names of tab-separated columns",
          "write {\"text\": ..., \"label\": ...} a line, or start the file with a line of column"
              + " names that include text and label");
    }
    columns = names;
  }

  private Map<String, String> cells(int number, String line) {
    String[] cells = line.split("\t", -1);
    if (cells.length != columns.size()) {
      throw at(
          number,
          "has %d columns where the first line names %d".formatted(cells.length, columns.size()),
          "give each row one tab between columns, and none within them");
    }
    Map<String, String> row = new HashMap<>();
    for (int i = 0; i < cells.length; i++) {
      row.put(columns.get(i), cells[i].strip());
    }
    return row;
  }

  private Map<String, String> object(int number, String line) {
    JsonNode node;
    try {
      node = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw at(number, "is not JSON", "write one whole JSON object a line");
    }
    Map<String, String> row = new HashMap<>();
    for (String name : List.of("text", "label", "id", "time")) {
      JsonNode value = node.path(name);
      if (value.isContainerNode()) {
        throw at(number, "has a " + name + " that is no single value", "make it a string");
      }
      if (!value.isMissingNode() && !value.isNull()) {
        row.put(name, value.asText().strip());
      }
    }
    return row;
  }

  private void add(int number, Map<String, String> row) {
    String text = row.getOrDefault("text", "");
    String label = row.getOrDefault("label", "");
    if (text.isEmpty() || label.isEmpty()) {
      throw at(
          number, "has no " + (text.isEmpty() ? "text" : "label"), "fill it in or drop the row");
    }
    if (text.length() > MAX_TEXT) {
      throw at(number, "has a text of more than %,d characters".formatted(MAX_TEXT), "shorten it");
    }
    String id = row.getOrDefault("id", "");
    if (id.isEmpty()) {
      id = "line-" + number;
    }
    if (!ids.add(id)) {
      throw at(number, "has an id that an earlier line has", "give each row its own");
    }
    if (items.size() == MAX_ROWS) {
      throw at(
          number, "is one row too many: at most %,d fit".formatted(MAX_ROWS), "split the file");
    }
    items.add(
        new LabelledItem(
            id, time(number, row.getOrDefault("time", "")), Map.of("text", text), label));
  }

  private @Nullable Instant time(int number, String time) {
    if (time.isEmpty()) {
      return null;
    }
    try {
      return time.matches("-?\\d{1,18}")
          ? Instant.ofEpochMilli(Long.parseLong(time))
          : Instant.parse(time);
    } catch (DateTimeParseException e) {
      throw at(
          number,
          "has a time that can't be read",
          "write it as 2026-01-31T12:00:00Z or in epoch ms");
    }
  }

  private List<LabelledItem> checked() {
    if (items.stream().map(LabelledItem::label).distinct().count() < 2) {
      throw new UserError(
          "the data file %s has rows of fewer than two labels".formatted(file),
          "give it rows of each class");
    }
    long timed = items.stream().filter(item -> item.time() != null).count();
    if (timed == 0) {
      return List.copyOf(items);
    }
    if (timed < items.size()) {
      throw new UserError(
          "the data file %s has times on %d of %d rows".formatted(file, timed, items.size()),
          "give every row a time, or none");
    }
    return items.stream()
        .sorted(Comparator.comparing((LabelledItem item) -> Objects.requireNonNull(item.time())))
        .toList();
  }

  private UserError at(int number, String problem, String mend) {
    return new UserError("%s:%d: %s".formatted(file, number, problem), mend);
  }
}
