package io.headwater.trainer.evaluate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How good the answers were that the newest labelled events had been given: each was scored before
 * its truth was known, so that nothing judged here was trained on (Gama, Sebastiao and Rodrigues,
 * On evaluating stream learning algorithms, 2013).
 *
 * <p>A label judges the answer given at the time, however late it comes and whatever version is in
 * force by then. An event without a label is not judged: it is no negative. A corrected label
 * judges the same answer anew.
 *
 * <p>Not safe for use by several threads.
 */
public final class Prequential {
  private final int window;
  private final int mostSlices;
  private final Map<String, Answered> newest = new LinkedHashMap<>();

  /**
   * Nothing judged yet.
   *
   * @param window how many of the newest are judged
   * @param mostSlices values that have figures of their own, the most frequent ones
   */
  public Prequential(int window, int mostSlices) {
    if (window < 1 || mostSlices < 0) {
      throw new IllegalArgumentException(
          "a window of %d and %d slices can't be judged".formatted(window, mostSlices));
    }
    this.window = window;
    this.mostSlices = mostSlices;
  }

  /** Takes in an answer whose truth is now known. */
  public void add(Answered served) {
    newest.put(served.eventId(), served);
    if (newest.size() > window) {
      newest.remove(newest.keySet().iterator().next());
    }
  }

  public int size() {
    return newest.size();
  }

  /** The figures; empty where there is nothing to judge. */
  public Optional<Report> report() {
    if (newest.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Report(figures(newest.values()), classes(), slices(), medianDelay()));
  }

  /**
   * What was found.
   *
   * @param all over everything
   * @param classes one by one; empty where labels are numbers
   * @param slices by value, the rare ones together as {@link #OTHER}
   * @param medianDelay from an answer to its truth
   */
  public record Report(
      Figures all, List<ClassFigures> classes, Map<String, Figures> slices, Duration medianDelay) {
    /** The slices that have no figures of their own. */
    public static final String OTHER = "(other)";
  }

  private Map<String, Figures> slices() {
    Map<String, List<Answered>> byValue = new TreeMap<>();
    for (Answered served : newest.values()) {
      if (!served.slice().isEmpty()) {
        byValue.computeIfAbsent(served.slice(), value -> new ArrayList<>()).add(served);
      }
    }
    List<Map.Entry<String, List<Answered>>> frequent = new ArrayList<>(byValue.entrySet());
    // The sort is stable: of equally frequent values the first by name stays.
    frequent.sort((a, b) -> Integer.compare(b.getValue().size(), a.getValue().size()));
    Map<String, Figures> slices = new LinkedHashMap<>();
    List<Answered> other = new ArrayList<>();
    for (Map.Entry<String, List<Answered>> slice : frequent) {
      if (slices.size() < mostSlices) {
        slices.put(slice.getKey(), figures(slice.getValue()));
      } else {
        other.addAll(slice.getValue());
      }
    }
    if (!other.isEmpty()) {
      slices.put(Report.OTHER, figures(other));
    }
    return slices;
  }

  private Duration medianDelay() {
    List<Duration> delays = newest.values().stream().map(Answered::delay).sorted().toList();
    return delays.get(delays.size() / 2);
  }

  private static Figures figures(Collection<Answered> all) {
    List<ServedValue> values = of(ServedValue.class, all);
    return values.isEmpty()
        ? Rows.of(of(Served.class, all)).evaluation()
        : ValueFigures.of(
            values.stream().mapToDouble(ServedValue::value).toArray(),
            values.stream().mapToDouble(ServedValue::truth).toArray());
  }

  private List<ClassFigures> classes() {
    List<Served> classes = of(Served.class, newest.values());
    if (classes.isEmpty()) {
      return List.of();
    }
    Rows all = Rows.of(classes);
    return ClassFigures.of(all.probabilities(), all.decisions(), all.classes());
  }

  private static <T> List<T> of(Class<T> kind, Collection<Answered> all) {
    return all.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private record Rows(float[][] probabilities, int[] decisions, int[] classes) {
    static Rows of(Collection<Served> all) {
      return new Rows(
          all.stream().map(Served::probabilities).toArray(float[][]::new),
          all.stream().mapToInt(Served::decision).toArray(),
          all.stream().mapToInt(Served::classIndex).toArray());
    }

    Evaluation evaluation() {
      return Evaluation.of(probabilities, decisions, classes);
    }
  }
}
