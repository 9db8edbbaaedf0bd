package io.headwater.ops.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Depths of training on one task and number of examples: a result for each depth and seed, the
 * seeds the same for all.
 *
 * @param examples that each training had
 */
record FreezeComparison(String data, int examples, Map<String, List<FreezeTrial.Result>> byRule) {
  static final String AUTO = "auto";

  FreezeComparison {
    byRule = new LinkedHashMap<>(byRule);
  }

  /**
   * A mean and its standard error over the seeds.
   *
   * @param error 0 of a single one
   */
  record Mean(double value, double error) {
    static Mean of(List<Double> values) {
      double mean = values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
      double square = values.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
      int n = values.size();
      return new Mean(mean, n < 2 ? 0 : Math.sqrt(square / (n - 1) / n));
    }
  }

  private List<FreezeTrial.Result> results(String rule) {
    return Objects.requireNonNull(byRule.get(rule), rule);
  }

  Mean logLoss(String rule) {
    return Mean.of(results(rule).stream().map(FreezeTrial.Result::logLoss).toList());
  }

  Mean accuracy(String rule) {
    return Mean.of(results(rule).stream().map(FreezeTrial.Result::accuracy).toList());
  }

  /** The fixed depth of the lowest mean log-loss. */
  String bestFixed() {
    return byRule.keySet().stream()
        .filter(rule -> !rule.equals(AUTO))
        .min((a, b) -> Double.compare(logLoss(a).value, logLoss(b).value))
        .orElseThrow();
  }

  /** How much more log-loss the policy has than a fixed depth, seed by seed. */
  Mean excess(String rule) {
    List<Double> differences = new ArrayList<>();
    for (int i = 0; i < results(AUTO).size(); i++) {
      differences.add(results(AUTO).get(i).logLoss() - results(rule).get(i).logLoss());
    }
    return Mean.of(differences);
  }

  /** Whether the policy is within one standard error of the best fixed depth. */
  boolean holds() {
    Mean excess = excess(bestFixed());
    return excess.value <= excess.error;
  }

  boolean hasAuto() {
    return byRule.containsKey(AUTO) && byRule.size() > 1;
  }

  /** The case of the policy that the seeds came to, as its reasons begin. */
  String quadrant() {
    return counted(
        byRule.getOrDefault(AUTO, List.of()).stream()
            .map(result -> result.reason().replaceFirst(":.*", ""))
            .toList());
  }

  /** Lines of a table in Markdown. */
  List<String> rows() {
    List<String> rows = new ArrayList<>();
    byRule.forEach(
        (rule, results) ->
            rows.add(
                String.format(
                    Locale.ROOT,
                    "| %s | %d | %s | %.4f ± %.4f | %.3f | %.1f | %s |",
                    data,
                    examples,
                    rule,
                    logLoss(rule).value,
                    logLoss(rule).error,
                    accuracy(rule).value,
                    results.stream().mapToDouble(FreezeTrial.Result::seconds).average().orElse(0),
                    counted(results.stream().map(FreezeTrial.Result::freeze).toList()))));
    return rows;
  }

  /** One line on how the policy did; empty where it was not among the depths. */
  String verdict() {
    if (!hasAuto()) {
      return "";
    }
    String best = bestFixed();
    return String.format(
        Locale.ROOT,
        "%s, %d examples (%s): auto is %.4f ± %.4f above the best fixed depth, %s: %s",
        data,
        examples,
        quadrant(),
        excess(best).value,
        excess(best).error,
        best,
        holds() ? "within one standard error" : "MORE than one standard error");
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("data", data).put("examples", examples);
    if (hasAuto()) {
      json.put("quadrant", quadrant()).put("bestFixed", bestFixed());
      json.put("excess", excess(bestFixed()).value).put("excessError", excess(bestFixed()).error);
      json.put("holds", holds());
    }
    ObjectNode depths = json.putObject("depths");
    byRule.forEach(
        (rule, results) -> {
          ArrayNode seeds = depths.putArray(rule);
          for (FreezeTrial.Result result : results) {
            ObjectNode one = seeds.addObject();
            one.put("logLoss", result.logLoss()).put("accuracy", result.accuracy());
            one.put("seconds", result.seconds()).put("freeze", result.freeze());
            one.put("reason", result.reason());
            if (!Double.isNaN(result.auc())) {
              one.put("auc", result.auc());
            }
          }
        });
    return json;
  }

  private static String counted(List<String> values) {
    Map<String, Long> counts =
        values.stream()
            .collect(Collectors.groupingBy(value -> value, TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .map(entry -> entry.getKey() + (counts.size() > 1 ? " x" + entry.getValue() : ""))
        .collect(Collectors.joining(", "));
  }
}
