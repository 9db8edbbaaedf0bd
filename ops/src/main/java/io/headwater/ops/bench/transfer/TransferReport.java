package io.headwater.ops.bench.transfer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.headwater.ops.bench.chart.Chart;
import io.headwater.ops.bench.chart.Chart.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the draws came to.
 *
 * @param judges texts that each draw was judged on
 * @param rows one per number of labels
 * @param noise the same labels shuffled among the texts; empty where that was not asked
 */
record TransferReport(
    String source,
    String target,
    int draws,
    int judges,
    List<Row> rows,
    List<Noise> noise,
    List<Flipped> flipped) {
  /** What the transferred head may lose against the frozen one. */
  static final double LOSS_ALLOWED = 0.005;

  private static final int SCRATCH_BEATEN_UP_TO = 200;
  private static final String BELOW = "below the frozen head";
  private static final int FEWEST = 20;
  private static final double GAIN_AT_FEWEST = 0.10;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /**
   * One number of labels.
   *
   * @param accuracy by way
   * @param seconds that a training took, by way
   * @param overFrozen accuracy of the transferred head minus the frozen one's, paired by draw
   * @param overScratch the same minus that of the head from scratch
   * @param published share of the draws in which the trainer had something to publish
   * @param epochsToScratch fewest epochs after which the transferred head was as good as the one
   *     from scratch at the end of its own; 0 where it was from the start, the greatest tried where
   *     it never was
   * @param secondsToScratch that those took
   */
  record Row(
      int labels,
      Map<Way, Mean> accuracy,
      Map<Way, Mean> seconds,
      Mean overFrozen,
      Mean overScratch,
      double published,
      Mean epochsToScratch,
      Mean secondsToScratch) {}

  /**
   * What shuffled labels led to.
   *
   * @param published draws in which the trainer had something to publish
   * @param reasons in how many draws it refused, by the first words of why
   */
  record Noise(int labels, int draws, int published, Map<String, Integer> reasons) {}

  /**
   * What labels of which a share is wrong led to.
   *
   * @param share of labels that are those of the other class, of examples held out as well
   * @param published draws in which the trainer had something to publish
   * @param overFrozen accuracy by right labels of what is served then minus the frozen head's,
   *     paired by draw; 0 where nothing was published
   * @param worse draws in which what was published was right on fewer texts than the frozen head by
   *     more than may be lost: on some hundred texts also one that is as good at times
   * @param clearlyWorse draws in which the 95 % range of that difference is below 0
   */
  record Flipped(
      int labels,
      double share,
      int draws,
      int published,
      Mean overFrozen,
      int worse,
      int clearlyWorse) {}

  /** Targets that the figures miss, each in a sentence; empty where they hold. */
  List<String> missed() {
    List<String> missed = new ArrayList<>();
    for (Row row : rows) {
      String labels = "%d labels: ".formatted(row.labels);
      if (row.overFrozen.value() < -LOSS_ALLOWED) {
        missed.add(said(labels, BELOW, row.overFrozen, -LOSS_ALLOWED));
      }
      double gain = row.labels == FEWEST ? GAIN_AT_FEWEST : 0;
      if (row.labels <= SCRATCH_BEATEN_UP_TO && row.overScratch.value() <= gain) {
        missed.add(said(labels, "not far enough above scratch", row.overScratch, gain));
      }
    }
    for (Flipped one : flipped) {
      String labels = "%d labels, %.0f %% of them wrong: ".formatted(one.labels, 100 * one.share);
      if (one.overFrozen.value() < -LOSS_ALLOWED) {
        missed.add(said(labels, BELOW, one.overFrozen, -LOSS_ALLOWED));
      }
      if (one.clearlyWorse > 0) {
        missed.add(
            labels
                + "something clearly worse published in %d of %d draws"
                    .formatted(one.clearlyWorse, one.draws));
      }
    }
    return List.copyOf(missed);
  }

  private static String said(String labels, String what, Mean by, double wanted) {
    return labels + String.format(Locale.ROOT, "%s: %+.4f, wanted %+.3f", what, by.value(), wanted);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        line("From %s to %s: accuracy on %d texts, %d draws", source, target, judges, draws));
    text.append(
        line(
            "| labels | frozen | transferred | scratch | words | over frozen | over scratch |"
                + " published | s, scratch's s | s to scratch's accuracy |"));
    text.append(line("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"));
    for (Row row : rows) {
      text.append(
          line(
              "| %d | %.4f | %.4f | %.4f | %.4f | %s | %s | %.0f %% | %.3f, %.3f | %.3f (%.1f"
                  + " epochs) |",
              row.labels,
              of(row, Way.FROZEN),
              of(row, Way.TRANSFERRED),
              of(row, Way.SCRATCH),
              of(row, Way.WORDS),
              signed(row.overFrozen),
              signed(row.overScratch),
              100 * row.published,
              seconds(row, Way.TRANSFERRED),
              seconds(row, Way.SCRATCH),
              row.secondsToScratch.value(),
              row.epochsToScratch.value()));
    }
    for (Noise one : noise) {
      text.append(
          line(
              "%d labels shuffled: published in %d of %d draws; else %s",
              one.labels, one.published, one.draws, one.reasons));
    }
    for (Flipped one : flipped) {
      text.append(
          line(
              "%d labels, %.0f %% of them wrong: published in %d of %d draws, %s over frozen; by more than %.3f below it"
                  + " in %d, clearly in %d",
              one.labels,
              100 * one.share,
              one.published,
              one.draws,
              signed(one.overFrozen),
              LOSS_ALLOWED,
              one.worse,
              one.clearlyWorse));
    }
    missed().forEach(miss -> text.append(line("missed: %s", miss)));
    return text.toString();
  }

  /** The curves, each with its standard errors. */
  Chart chart() {
    Chart chart =
        new Chart(
                "From %s to %s, %d draws".formatted(source, target, draws),
                "labels of the target",
                "accuracy")
            .logarithmicAcross();
    for (Way way : Way.values()) {
      chart.line(
          way.id(),
          rows.stream()
              .map(
                  row ->
                      new Point(
                          row.labels,
                          of(row, way),
                          row.accuracy.getOrDefault(way, new Mean(0, 0)).error()))
              .toList());
    }
    return chart;
  }

  String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records can always be written", e);
    }
  }

  private static double of(Row row, Way way) {
    return row.accuracy.getOrDefault(way, new Mean(Double.NaN, 0)).value();
  }

  private static double seconds(Row row, Way way) {
    return row.seconds.getOrDefault(way, new Mean(Double.NaN, 0)).value();
  }

  private static String signed(Mean mean) {
    return String.format(Locale.ROOT, "%+.4f ± %.4f", mean.value(), mean.error());
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format + "%n", values);
  }
}
