package io.headwater.ops.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * How soon labels count.
 *
 * @param replayed examples that each training replays
 * @param rejected trainings that published nothing, which are not among the rounds
 */
record FreshnessReport(int replayed, List<Times> rounds, int rejected) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /**
   * One round, in milliseconds: the steps one behind the other, and all of them.
   *
   * @param trigger from when the last label was sent to when the trainer was seen to train: the
   *     join, and reading the example
   * @param train select, tune, evaluate, tune once more on the holdout as well, and package
   * @param publish the candidate, its decision, and its promotion to production
   * @param swap until the new version's first score was appended
   */
  record Times(long trigger, long train, long publish, long swap, long all) {}

  private Map<String, Quantiles> steps() {
    Map<String, ToLongFunction<Times>> figures = new LinkedHashMap<>();
    figures.put("trigger", Times::trigger);
    figures.put("train", Times::train);
    figures.put("publish", Times::publish);
    figures.put("swap", Times::swap);
    figures.put("all", Times::all);
    Map<String, Quantiles> steps = new LinkedHashMap<>();
    figures.forEach(
        (name, figure) ->
            steps.put(
                name,
                Quantiles.of(
                    rounds.stream()
                        .mapToDouble(times -> (double) figure.applyAsLong(times))
                        .toArray())));
    return steps;
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        line(
            "From a label to the new version's first score, %,d examples replayed, %d rounds, %d rejected",
            replayed, rounds.size(), rejected));
    text.append(line("%-8s %8s %8s %8s", "ms", "p50", "p99", "most"));
    steps()
        .forEach(
            (name, spread) ->
                text.append(
                    line(
                        "%-8s %,8.0f %,8.0f %,8.0f",
                        name, spread.p50(), spread.p99(), spread.most())));
    return text.toString();
  }

  String json() {
    ObjectNode report = JSON.createObjectNode();
    report.put("replayed", replayed).put("rejected", rejected);
    report.set("millis", JSON.valueToTree(steps()));
    report.set("rounds", JSON.valueToTree(rounds));
    try {
      return JSON.writeValueAsString(report);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON nodes can always be written", e);
    }
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format + "%n", values);
  }
}
