package io.headwater.model.pipeline;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Takes declared keys out of a file and reports what does not fit them.
 *
 * <p>A key that can't be read yields its sample, so that reading goes on to the next problem; what
 * was so read is not {@link #sound}, and nothing is concluded from it.
 */
final class Reading {
  private final Yaml.Mapping root;
  private final List<Key<?>> declared;
  private final Problems problems;
  private final Set<List<String>> unsound = new HashSet<>();

  /** Starts by reporting unknown keys, and values where sections belong. */
  Reading(Yaml.Mapping root, List<Key<?>> declared, Problems problems) {
    this.root = root;
    this.declared = declared;
    this.problems = problems;
    checkNames(root, List.of());
  }

  /** The key's value, or its default where it is not given. */
  <T> T get(Key<T> key, String... chosen) {
    return find(key, chosen).orElseGet(key::sampleValue);
  }

  /** The key's value, or empty where it is not given or can't be read. */
  <T> Optional<T> find(Key<T> key, String... chosen) {
    List<String> path = key.path(chosen);
    Yaml value = at(path);
    if (value == null) {
      reportMissing(key, path);
      return Optional.empty();
    }
    try {
      return Optional.of(key.kind().read(value));
    } catch (BadValueException e) {
      unsound.add(path);
      problems.add(
          e.line(),
          "'" + String.join(".", path) + "' " + e.getMessage(),
          "write " + key.kind().name() + ", such as " + key.sample());
      return Optional.empty();
    }
  }

  /** The names that the user chose in a section, in the order of the file. */
  List<String> names(String... section) {
    return at(List.of(section)) instanceof Yaml.Mapping mapping
        ? List.copyOf(mapping.entries().keySet())
        : List.of();
  }

  /** Whether the key was read as given or by default; to be asked after it was read. */
  boolean sound(Key<?> key, String... chosen) {
    return !unsound.contains(key.path(chosen));
  }

  /** Whether the file has the key, whatever its value. */
  boolean isGiven(Key<?> key, String... chosen) {
    return at(key.path(chosen)) != null;
  }

  /** Line of the path, or of the innermost section that would hold it. */
  int line(List<String> path) {
    int line = root.line();
    Yaml here = root;
    for (String name : path) {
      Yaml.Entry entry = here instanceof Yaml.Mapping mapping ? mapping.entries().get(name) : null;
      if (entry == null) {
        break;
      }
      line = entry.keyLine();
      here = entry.value();
    }
    return line;
  }

  void report(List<String> path, String what, String mend) {
    problems.add(line(path), what, mend);
  }

  private @Nullable Yaml at(List<String> path) {
    Yaml here = root;
    for (String name : path) {
      Yaml.Entry entry = here instanceof Yaml.Mapping mapping ? mapping.entries().get(name) : null;
      if (entry == null) {
        return null;
      }
      here = entry.value();
    }
    return here;
  }

  private void reportMissing(Key<?> key, List<String> path) {
    boolean reachable = true;
    for (int i = 1; i < path.size(); i++) {
      Yaml section = at(path.subList(0, i));
      reachable &= section == null || isSection(section);
    }
    if (!reachable) {
      unsound.add(path);
    } else if (key.presence() == Key.Presence.REQUIRED) {
      unsound.add(path);
      String name = String.join(".", path);
      report(path, "'" + name + "' is missing", "write " + nested(path, key.sample()));
    }
  }

  private static boolean isSection(Yaml value) {
    return value instanceof Yaml.Mapping || value instanceof Yaml.Nothing;
  }

  private static String nested(List<String> path, String value) {
    String line = path.get(path.size() - 1) + ": " + value;
    for (int i = path.size() - 2; i >= 0; i--) {
      line = path.get(i) + ": { " + line + " }";
    }
    return "'" + line + "'";
  }

  private void checkNames(Yaml.Mapping section, List<String> path) {
    section
        .entries()
        .forEach(
            (name, entry) -> {
              List<String> given = new ArrayList<>(path);
              given.add(name);
              List<Key<?>> within = declared.stream().filter(key -> key.startsWith(given)).toList();
              if (within.isEmpty()) {
                problems.add(
                    entry.keyLine(),
                    "unknown key '" + String.join(".", given) + "'",
                    meant(name, path));
              } else if (within.get(0).path().size() > given.size()) {
                checkSection(entry, given, within.get(0));
              }
            });
  }

  private void checkSection(Yaml.Entry entry, List<String> path, Key<?> first) {
    if (entry.value() instanceof Yaml.Mapping mapping) {
      checkNames(mapping, path);
    } else if (!isSection(entry.value())) {
      List<String> example = new ArrayList<>(path);
      example.addAll(first.path().subList(path.size(), first.path().size()));
      problems.add(
          entry.keyLine(),
          "'" + String.join(".", path) + "' is " + entry.value().shape() + ", not a mapping",
          "write " + nested(example, first.sample()));
    }
  }

  private String meant(String name, List<String> section) {
    Set<String> here =
        declared.stream()
            .filter(key -> key.path().size() > section.size() && key.startsWith(section))
            .map(key -> key.path().get(section.size()))
            .collect(Collectors.toCollection(TreeSet::new));
    Optional<String> near = NearMiss.of(name, here);
    if (near.isPresent()) {
      return "did you mean '" + near.get() + "'?";
    }
    return declared.stream()
        .filter(key -> key.path().get(key.path().size() - 1).equalsIgnoreCase(name))
        .findFirst()
        .map(key -> "did you mean '" + key.dotted() + "'?")
        .orElseGet(() -> "remove it, or write one of " + String.join(", ", here));
  }
}
