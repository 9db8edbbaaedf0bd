package io.headwater.ops.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.ops.bench.chart.Chart;
import io.headwater.ops.bench.chart.Chart.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What shadows cost a scorer.
 *
 * @param events of a round, half of them to warm up
 * @param heads shadows that share the champion's backbone, by their number
 * @param full shadows that share nothing, by their number
 */
record ShadowReport(String workload, int events, List<Cost> heads, List<Cost> full) {
  /**
   * What a number of shadows came to.
   *
   * @param eventsPerSecond round by round
   * @param cpuMillisPerEvent of the scorer's processor time, round by round
   */
  record Cost(int shadows, List<Double> eventsPerSecond, List<Double> cpuMillisPerEvent) {
    double speed() {
      return median(eventsPerSecond);
    }

    double cpu() {
      return median(cpuMillisPerEvent);
    }

    /** Half of what lies between the least and the greatest speed. */
    private double spread() {
      double least = eventsPerSecond.stream().mapToDouble(Double::doubleValue).min().orElse(0);
      double most = eventsPerSecond.stream().mapToDouble(Double::doubleValue).max().orElse(0);
      return (most - least) / 2;
    }

    private static double median(List<Double> values) {
      return Quantiles.median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
  }

  private Cost alone() {
    return heads.get(0);
  }

  /** Speed with shadows to speed without, by the medians. */
  double share(Cost with) {
    return with.speed() / alone().speed();
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(line("%s, %,d events a round", workload, events));
    text.append(line("shadows            events/s   of none   CPU-ms an event   of none"));
    heads.forEach(cost -> text.append(row("heads", cost)));
    full.stream().skip(1).forEach(cost -> text.append(row("full models", cost)));
    return text.toString();
  }

  private String row(String kind, Cost cost) {
    return line(
        "%d %-12s %,12.1f %9.3f %17.2f %9.3f",
        cost.shadows(),
        cost.shadows() == 0 ? "" : kind,
        cost.speed(),
        share(cost),
        cost.cpu(),
        cost.cpu() / alone().cpu());
  }

  Chart chart() {
    return new Chart("Shadows of " + workload, "shadows", "events/s")
        .line("heads on one backbone", points(heads))
        .line("full models", points(full));
  }

  private static List<Point> points(List<Cost> costs) {
    List<Point> points = new ArrayList<>();
    costs.forEach(cost -> points.add(new Point(cost.shadows(), cost.speed(), cost.spread())));
    return points;
  }

  String json() {
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record can always be written", e);
    }
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format + "%n", values);
  }
}
