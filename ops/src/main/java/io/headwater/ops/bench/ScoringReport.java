package io.headwater.ops.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What the rounds of a scoring bench came to.
 *
 * @param rounds in the order of their numbers, for each contender
 */
record ScoringReport(
    String workload, int events, int threads, Map<Contender, List<Measured>> rounds) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A ratio of medians, and the least and greatest ratio within one round.
   *
   * @param ours events a second, to theirs
   */
  record Ratio(double ours, double least, double greatest) {}

  /**
   * A report.
   *
   * @param measured in the order of measuring
   */
  static ScoringReport of(Workload workload, int threads, List<Measured> measured) {
    Map<Contender, List<Measured>> rounds = new EnumMap<>(Contender.class);
    for (Measured one : measured) {
      rounds.computeIfAbsent(one.contender(), absent -> new ArrayList<>()).add(one);
    }
    return new ScoringReport(workload.name(), workload.events(), threads, rounds);
  }

  private double median(Contender contender, ToDoubleFunction<Measured> figure) {
    return Measured.median(rounds.getOrDefault(contender, List.of()), figure);
  }

  /** Events a second of the scorer to another's. */
  Ratio ratio(Contender scorer, Contender other) {
    List<Measured> ours = rounds.getOrDefault(scorer, List.of());
    List<Measured> theirs = rounds.getOrDefault(other, List.of());
    double least = Double.POSITIVE_INFINITY;
    double greatest = 0;
    for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
      double ratio = ours.get(i).eventsPerSecond() / theirs.get(i).eventsPerSecond();
      least = Math.min(least, ratio);
      greatest = Math.max(greatest, ratio);
    }
    return new Ratio(
        median(scorer, Measured::eventsPerSecond) / median(other, Measured::eventsPerSecond),
        least,
        greatest);
  }

  /** A table for people. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        line("%-12s %12s %25s %10s", workload, "events/s", "(least to greatest)", "CPU-s/1M"));
    rounds.forEach(
        (contender, own) ->
            text.append(
                line(
                    "%-12s %,12.0f %,12.0f to %,9.0f %10.2f  %s",
                    contender.id(),
                    median(contender, Measured::eventsPerSecond),
                    own.stream().mapToDouble(Measured::eventsPerSecond).min().orElse(0),
                    own.stream().mapToDouble(Measured::eventsPerSecond).max().orElse(0),
                    median(contender, Measured::cpuSecondsPerMillion),
                    contender.description())));
    for (Contender scorer : rounds.keySet()) {
      if (scorer.isScorer()) {
        for (Contender other : rounds.keySet()) {
          if (other != scorer) {
            Ratio ratio = ratio(scorer, other);
            text.append(
                line(
                    "%-12s is %.2f of %s (%.2f to %.2f)",
                    scorer.id(), ratio.ours(), other.id(), ratio.least(), ratio.greatest()));
          }
        }
      }
    }
    return text.toString();
  }

  String json() {
    ObjectNode report = JSON.createObjectNode();
    report.put("workload", workload).put("events", events).put("threads", threads);
    report.put("processors", Runtime.getRuntime().availableProcessors());
    ObjectNode contenders = report.putObject("contenders");
    rounds.forEach(
        (contender, own) -> {
          ObjectNode entry = contenders.putObject(contender.id());
          entry.put("eventsPerSecond", median(contender, Measured::eventsPerSecond));
          entry.put("cpuSecondsPerMillion", median(contender, Measured::cpuSecondsPerMillion));
          entry.set(
              "rounds", JSON.valueToTree(own.stream().map(Measured::eventsPerSecond).toList()));
        });
    ObjectNode ratios = report.putObject("ratios");
    for (Contender scorer : rounds.keySet()) {
      if (scorer.isScorer()) {
        ObjectNode of = ratios.putObject(scorer.id());
        rounds.keySet().stream()
            .filter(other -> other != scorer)
            .forEach(other -> of.set(other.id(), JSON.valueToTree(ratio(scorer, other))));
      }
    }
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON nodes can always be written", e);
    }
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format + "%n", values);
  }
}
