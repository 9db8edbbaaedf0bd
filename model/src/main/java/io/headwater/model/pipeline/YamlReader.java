package io.headwater.model.pipeline;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one YAML document into values with their lines.
 *
 * <p>Refuses aliases (a few lines of them expand to gigabytes), keys given twice, more than one
 * document and deep nesting. What it refuses is reported and left out; only a document that is no
 * YAML ends the reading.
 */
final class YamlReader {
  private static final int MAX_DEPTH = 16;
  private static final YAMLFactory FACTORY = new YAMLFactory();

  private final YAMLParser parser;
  private final Problems problems;

  private YamlReader(YAMLParser parser, Problems problems) {
    this.parser = parser;
    this.problems = problems;
  }

  /** The document's value; {@link Yaml.Nothing} where there is none or it is no YAML. */
  static Yaml read(String text, Problems problems) {
    try (YAMLParser parser = FACTORY.createParser(text)) {
      YamlReader reader = new YamlReader(parser, problems);
      if (parser.nextToken() == null) {
        return new Yaml.Nothing(1);
      }
      Yaml value = reader.value(0);
      if (parser.nextToken() != null) {
        problems.add(
            reader.line(),
            "a second document begins",
            "keep one pipeline to a file, without '---'");
      }
      return value;
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String said = e.getOriginalMessage().lines().findFirst().orElse("it can't be parsed");
      problems.add(at == null ? 1 : at.getLineNr(), "not YAML: " + said, "mend the syntax");
      return new Yaml.Nothing(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int line() {
    return parser.currentTokenLocation().getLineNr();
  }

  private Yaml value(int depth) throws IOException {
    int line = line();
    JsonToken token = parser.currentToken();
    if (depth >= MAX_DEPTH && token.isStructStart()) {
      problems.add(line, "nested deeper than " + MAX_DEPTH + " levels", "remove the nesting");
      parser.skipChildren();
      return new Yaml.Nothing(line);
    }
    if (token == JsonToken.START_OBJECT) {
      return mapping(depth, line);
    }
    if (token == JsonToken.START_ARRAY) {
      List<Yaml> items = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        items.add(value(depth + 1));
      }
      return new Yaml.Sequence(line, List.copyOf(items));
    }
    if (parser.isCurrentAlias()) {
      problems.add(line, "alias '*" + parser.getText() + "' is refused", "write the value out");
      return new Yaml.Nothing(line);
    }
    return token == JsonToken.VALUE_NULL
        ? new Yaml.Nothing(line)
        : new Yaml.Scalar(line, parser.getText());
  }

  private Yaml.Mapping mapping(int depth, int line) throws IOException {
    Map<String, Yaml.Entry> entries = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      int keyLine = line();
      parser.nextToken();
      Yaml.Entry entry = new Yaml.Entry(keyLine, value(depth + 1));
      Yaml.Entry first = entries.putIfAbsent(key, entry);
      if (first != null) {
        problems.add(
            keyLine,
            "'" + key + "' is given a second time, after line " + first.keyLine(),
            "keep one of the two");
      }
    }
    return new Yaml.Mapping(line, entries);
  }
}
