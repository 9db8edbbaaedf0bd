package io.headwater.model.pipeline;

import static io.headwater.model.pipeline.Key.defaulted;
import static io.headwater.model.pipeline.Key.optional;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys of section {@code training} that say what is replayed and what must not be forgotten.
 *
 * @param folder of the pipeline file, or null where it is no file
 */
record MemorySection(Reading reading, @Nullable Path folder) {
  static final Key<Double> SOURCE_CAP =
      defaulted(
          "training.sourceCap",
          Kind.number(0.001, 1),
          "1",
          "Share of the replay, window and older examples each, that the labels of one source may"
              + " fill; 1 is no cap.");
  static final Key<Integer> REPLAY_BYTES =
      defaulted(
          "training.replayBytes",
          Kind.size(1 << 20, Integer.MAX_VALUE),
          "256MiB",
          "Memory for the examples held for replay; where window and balanced need more, both are"
              + " cut to what fits, and the log says so.");
  static final Key<List<String>> EXCLUDE_EVENTS =
      optional(
          "training.exclude.events",
          Kind.listOf(Kind.TEXT, 1),
          "[order-17, order-18]",
          "Ids of events whose examples never train.");
  static final Key<String> EXCLUDE_FILE =
      optional(
          "training.exclude.eventsFile",
          Kind.TEXT,
          "excluded.txt",
          "A file of such ids, one a line, beside the pipeline file.");
  static final Key<List<String>> EXCLUDE_SOURCES =
      optional(
          "training.exclude.sources",
          Kind.listOf(Kind.TEXT, 1),
          "[intern-3]",
          "Label sources whose examples never train.");
  static final Key<List<Exclusions.Span>> EXCLUDE_EXAMPLES =
      optional(
          "training.exclude.examples",
          Kind.listOf(Kind.SPAN, 1),
          "['0:1200-1800']",
          "Stretches of the examples topic that never train, as partition:first-last offset.");
  static final Key<String> REHEARSAL =
      optional(
          "training.rehearsal",
          Kind.TEXT,
          "source.jsonl",
          "A file of labelled events of the task that the model was trained for, beside the pipeline"
              + " file: every training sees them besides what it replays.");
  static final Key<String> GUARD =
      optional(
          "training.guard",
          Kind.TEXT,
          "guard.jsonl",
          "A file of labelled events of the task that the model was trained for, beside the pipeline"
              + " file: each version's manifest says how it does on them, and how its parent did.");
  static final Key<Double> GUARD_TOLERANCE =
      optional(
          "training.guardTolerance",
          Kind.number(0, 1),
          "0.01",
          "A version whose accuracy on the guard set is further below that of the first one that was judged"
              + " on it is not published.");

  static List<Key<?>> all() {
    return List.of(
        SOURCE_CAP,
        REPLAY_BYTES,
        EXCLUDE_EVENTS,
        EXCLUDE_FILE,
        EXCLUDE_SOURCES,
        EXCLUDE_EXAMPLES,
        REHEARSAL,
        GUARD,
        GUARD_TOLERANCE);
  }

  Memory read() {
    Optional<Path> guard = reading.find(GUARD).flatMap(name -> beside(GUARD, name));
    Optional<Double> tolerance = reading.find(GUARD_TOLERANCE);
    if (tolerance.isPresent() && !reading.isGiven(GUARD)) {
      reading.report(
          GUARD_TOLERANCE.path(),
          "'training.guardTolerance' is given, and there is no 'training.guard'",
          "write 'guard: " + GUARD.sample() + "' beside it, or remove it");
    }
    return new Memory(
        reading.get(SOURCE_CAP),
        reading.get(REPLAY_BYTES),
        new Exclusions(
            events(),
            Set.copyOf(reading.find(EXCLUDE_SOURCES).orElse(List.of())),
            reading.find(EXCLUDE_EXAMPLES).orElse(List.of())),
        reading.find(REHEARSAL).flatMap(name -> beside(REHEARSAL, name)).orElse(null),
        guard.orElse(null),
        tolerance.orElse(null));
  }

  private Set<String> events() {
    Set<String> events = new HashSet<>(reading.find(EXCLUDE_EVENTS).orElse(List.of()));
    reading
        .find(EXCLUDE_FILE)
        .flatMap(name -> beside(EXCLUDE_FILE, name))
        .ifPresent(file -> addLines(file, events));
    return events;
  }

  private void addLines(Path file, Set<String> events) {
    try {
      Files.readString(file).lines().filter(line -> !line.isBlank()).forEach(events::add);
    } catch (IOException e) {
      reading.report(
          EXCLUDE_FILE.path(),
          "'training.exclude.eventsFile' names " + file + ", which can't be read as UTF-8",
          "write the name of a file beside the pipeline file, one event id a line");
    }
  }

  private Optional<Path> beside(Key<String> key, String name) {
    try {
      Path path = Path.of(name);
      return Optional.of(folder == null ? path : folder.resolve(path));
    } catch (InvalidPathException e) {
      reading.report(
          key.path(),
          "'" + key.dotted() + "' is no file's name",
          "write one such as " + key.sample());
      return Optional.empty();
    }
  }
}
