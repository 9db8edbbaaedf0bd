package io.headwater.model.pipeline;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Examples that no training may learn from.
 *
 * @param events ids of events
 * @param sources who or what gave the labels
 * @param examples stretches of the training log
 */
public record Exclusions(Set<String> events, Set<String> sources, List<Span> examples) {
  /** Nothing is left out. */
  public static final Exclusions NONE = new Exclusions(Set.of(), Set.of(), List.of());

  private static final int NAMED = 5;

  /**
   * A stretch of one partition of the training log.
   *
   * @param from first offset
   * @param to last offset, inclusive
   */
  public record Span(int partition, long from, long to) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9}):(\\d{1,18})(?:-(\\d{1,18}))?");

    public Span {
      if (partition < 0 || from < 0 || to < from) {
        throw new IllegalArgumentException("no stretch of a partition");
      }
    }

    /**
     * Reads {@code partition:first-last} or {@code partition:offset}.
     *
     * @throws IllegalArgumentException where it is neither
     */
    public static Span parse(String text) {
      Matcher matcher = FORM.matcher(text.strip());
      if (!matcher.matches()) {
        throw new IllegalArgumentException("neither partition:offset nor partition:first-last");
      }
      long from = Long.parseLong(matcher.group(2));
      String last = matcher.group(3);
      return new Span(
          Integer.parseInt(matcher.group(1)), from, last == null ? from : Long.parseLong(last));
    }

    boolean holds(int otherPartition, long offset) {
      return partition == otherPartition && from <= offset && offset <= to;
    }

    @Override
    public String toString() {
      return from == to ? partition + ":" + from : partition + ":" + from + "-" + to;
    }
  }

  public Exclusions {
    events = Set.copyOf(events);
    sources = Set.copyOf(sources);
    examples = List.copyOf(examples);
  }

  public boolean isEmpty() {
    return events.isEmpty() && sources.isEmpty() && examples.isEmpty();
  }

  /** Whether an example at a position of the training log is left out. */
  public boolean excludes(String eventId, String source, int partition, long offset) {
    return sources.contains(source)
        || events.contains(eventId)
        || examples.stream().anyMatch(span -> span.holds(partition, offset));
  }

  /** What either leaves out. */
  public Exclusions and(Exclusions other) {
    return new Exclusions(
        union(events, other.events),
        union(sources, other.sources),
        List.copyOf(union(examples, other.examples)));
  }

  private static <T> Set<T> union(Collection<T> one, Collection<T> other) {
    Set<T> both = new LinkedHashSet<>(one);
    both.addAll(other);
    return both;
  }

  /** In words, the first of each kind by name. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    name("source", new TreeSet<>(sources), parts);
    name("event", new TreeSet<>(events), parts);
    name("examples at", examples, parts);
    return parts.isEmpty() ? "nothing" : String.join(", ", parts);
  }

  private static void name(String kind, Collection<?> named, List<String> parts) {
    if (!named.isEmpty()) {
      String first =
          named.stream().limit(NAMED).map(String::valueOf).collect(Collectors.joining(", "));
      parts.add(
          kind
              + " "
              + first
              + (named.size() > NAMED ? " and " + (named.size() - NAMED) + " more" : ""));
    }
  }
}
