package io.headwater.ops.bench.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.trainer.tune.StepSpeed.Speed;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What training steps cost, one row per workload. */
record TrainingReport(List<Row> rows) {
  /** The tuner's step: forward, loss, backward, clipping and AdamW. */
  static final String STEP = "step";

  /** The forward pass alone. */
  static final String FORWARD = "forward";

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A workload's speeds.
   *
   * @param weights that train
   * @param speeds by contender, one a round
   */
  record Row(String workload, int batch, long weights, Map<String, List<Speed>> speeds) {
    double median(String contender, ToDoubleFunction<Speed> figure) {
      return TrainingReport.median(
          speeds.getOrDefault(contender, List.of()).stream().mapToDouble(figure).toArray());
    }

    /** Median over the rounds of the step's speed to another's, by the thread's processor time. */
    double ratio(String other) {
      List<Speed> ours = speeds.getOrDefault(STEP, List.of());
      List<Speed> theirs = speeds.getOrDefault(other, List.of());
      double[] ratios = new double[Math.min(ours.size(), theirs.size())];
      for (int i = 0; i < ratios.length; i++) {
        ratios[i] = ours.get(i).perCpuSecond() / theirs.get(i).perCpuSecond();
      }
      return TrainingReport.median(ratios);
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(line("%-11s %5s %10s  %s", "", "batch", "weights", "examples/s (a CPU-second)"));
    for (Row row : rows) {
      text.append(
          String.format(Locale.ROOT, "%-11s %5d %,10d", row.workload, row.batch, row.weights));
      for (String contender : row.speeds.keySet()) {
        text.append(
            String.format(
                Locale.ROOT,
                "  %s %,.1f (%,.1f)",
                contender,
                row.median(contender, Speed::perSecond),
                row.median(contender, Speed::perCpuSecond)));
      }
      for (String contender : row.speeds.keySet()) {
        if (!contender.equals(STEP)) {
          text.append(String.format(Locale.ROOT, "  %.2f of %s", row.ratio(contender), contender));
        }
      }
      text.append(line(""));
    }
    return text.toString();
  }

  String json() {
    ObjectNode report = JSON.createObjectNode();
    for (Row row : rows) {
      ObjectNode entry = report.putObject(row.workload);
      entry.put("batch", row.batch).put("weights", row.weights);
      row.speeds.forEach(
          (contender, speeds) -> {
            ObjectNode own = entry.putObject(contender);
            own.put("examplesPerSecond", row.median(contender, Speed::perSecond));
            own.put("examplesPerCpuSecond", row.median(contender, Speed::perCpuSecond));
            own.set("rounds", JSON.valueToTree(speeds));
            if (!contender.equals(STEP)) {
              own.put("stepRatio", row.ratio(contender));
            }
          });
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
