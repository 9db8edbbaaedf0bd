package io.headwater.model.pipeline;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The reference page of the pipeline file, made from the keys that the reader knows. */
public final class PipelineReference {
  private static final String TOP = "Top level";

  private PipelineReference() {}

  /** Every key with type, default and meaning, as Markdown. */
  public static String markdown() {
    Map<String, List<Key<?>>> sections =
        PipelineKeys.ALL.stream()
            .collect(
                Collectors.groupingBy(
                    key -> key.path().size() == 1 ? TOP : key.path().get(0),
                    LinkedHashMap::new,
                    Collectors.toList()));
    sections.put("features", FeatureKeys.ofAny());
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # The pipeline file

        One YAML file describes one scored stream. Keys without a default are required unless they say
        otherwise. Whatever is wrong with a file is reported at once, with its line. Durations are written
        as `250ms`, `10s`, `5m`, `12h`, `30d` or in ISO-8601, sizes as `1MiB`, `512KiB` or in bytes. A file
        holds one document of at most 1 MiB, without aliases.

        The smallest file, in which everything else has its default:

        ```yaml
        """);
    page.append(smallest()).append("```\n");
    sections.forEach(
        (name, keys) -> {
          appendSection(page, name, keys);
          if (name.equals("features")) {
            appendTypes(page);
          }
        });
    return page.toString();
  }

  /** The smallest pipeline file of texts: the required keys with their examples, and the model. */
  static String smallest() {
    StringBuilder yaml = new StringBuilder();
    PipelineKeys.ALL.stream()
        .filter(
            key ->
                key.presence() == Key.Presence.REQUIRED
                    || key.equals(PipelineKeys.MODEL_PRETRAINED))
        .filter(key -> !FeatureKeys.all().contains(key) || key.equals(FeatureKeys.TEXTS))
        .forEach(
            key -> {
              List<String> path = key.path("text");
              for (int depth = 0; depth < path.size(); depth++) {
                yaml.append("  ".repeat(depth)).append(path.get(depth)).append(':');
                yaml.append(depth == path.size() - 1 ? " " + key.sample() : "").append('\n');
              }
            });
    return yaml.toString();
  }

  private static void appendSection(StringBuilder page, String name, List<Key<?>> keys) {
    page.append("\n## ").append(name.equals(TOP) ? name : "`" + name + "`").append("\n\n");
    appendTable(page, keys);
  }

  private static void appendTypes(StringBuilder page) {
    for (FeatureKeys.Type type : FeatureKeys.Type.values()) {
      String name = type.name().toLowerCase(Locale.ROOT);
      page.append("\n### `type: ").append(name).append("`\n\n");
      appendTable(page, FeatureKeys.of(type));
    }
  }

  private static void appendTable(StringBuilder page, List<Key<?>> keys) {
    page.append("| key | type | default | meaning |\n|---|---|---|---|\n");
    for (Key<?> key : keys) {
      String byDefault =
          switch (key.presence()) {
            case REQUIRED -> "required, e.g. `" + key.sample() + "`";
            case DEFAULTED -> "`" + key.sample() + "`";
            case OPTIONAL -> "none, e.g. `" + key.sample() + "`";
          };
      page.append("| `").append(key.dotted()).append("` | ");
      page.append(key.kind().name()).append(" | ");
      page.append(byDefault).append(" | ").append(key.doc()).append(" |\n");
    }
  }
}
