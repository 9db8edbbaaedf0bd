package io.headwater.ops.demo;

import io.headwater.model.pack.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** A report in words, with two small tables. */
final class Summary {
  private Summary() {}

  static List<String> of(Report report) {
    List<String> lines = new ArrayList<>();
    Report.Counts counts = report.counts();
    lines.add(
        say(
            "%,d events, %,d scored, %d dead-lettered; %d lost, %d duplicated; %,d labels joined.",
            counts.events(),
            counts.scored(),
            counts.deadLettered(),
            counts.lost(),
            counts.duplicated(),
            counts.labelsJoined()));
    lines.add(
        say(
            "%.1f events/s over %d s; from sending an event to reading its committed score"
                + " p50 %d ms, p99 %d ms.",
            report.eventsPerSecond(),
            report.duration().toSeconds(),
            report.latency().p50().toMillis(),
            report.latency().p99().toMillis()));
    lines.add("");
    lines.add("Accuracy on the same events");
    lines.add(row("live: retrained and swapped while it scored", report.accuracyLive()));
    lines.add(row("frozen: the first version, never retrained", report.accuracyFrozen()));
    lines.add(row("refit: logistic regression on the newest labels", report.accuracyRefit()));
    lines.add(row("from scratch: the head on them, keeping nothing", report.accuracyFromScratch()));
    lines.add(row("majority of the labels known so far", report.accuracyMajority()));
    lines.add("");
    for (Report.Phase phase : report.phases()) {
      PairedDifference difference = phase.difference();
      lines.add(
          say(
              "Did learning help on %s? %s: %+.1f points, 95 %% confidence %+.1f to %+.1f"
                  + " (live %.3f, frozen %.3f, %,d events).",
              phase.name(),
              sentenceCase(phase.learningHelped().toString()),
              100 * difference.difference(),
              100 * difference.low(),
              100 * difference.high(),
              phase.accuracyLive(),
              phase.accuracyFrozen(),
              phase.events()));
    }
    forgotten(lines, report);
    lines.add("");
    versions(lines, report);
    return lines;
  }

  private static void forgotten(List<String> lines, Report report) {
    List<Double> guarded =
        report.versions().stream()
            .filter(version -> version.firstScoreAt() != null)
            .map(Report.Version::guard)
            .filter(Objects::nonNull)
            .toList();
    if (!guarded.isEmpty()) {
      double first = guarded.get(0);
      double last = guarded.get(guarded.size() - 1);
      lines.add(
          say(
              "Was the first task forgotten? %+.1f points: on the guard set, which nothing was"
                  + " trained on, the first version reached %.3f and the last %.3f.",
              100 * (last - first), first, last));
    }
  }

  private static void versions(List<String> lines, Report report) {
    long promoted =
        report.versions().stream().filter(version -> version.firstScoreAt() != null).count();
    lines.add(
        say(
            "The first version and %d trainings led to %d versions published, %d of which scored:",
            report.trainings(), report.versions().size(), promoted));
    lines.add("  version       stage       published B  trained on  holdout");
    for (Report.Version version : report.versions()) {
      lines.add(
          say(
              "  %-12s  %-10s  %,11d  %,10d  %7s",
              Digest.brief(version.version()),
              version.stage().toLowerCase(Locale.ROOT),
              version.bytesPublished(),
              version.trainedOn(),
              version.holdout() == null ? "-" : say("%.3f", version.holdout())));
    }
    if (report.refusal() != null) {
      lines.add("The last training that published nothing, and why:");
      for (String clause : report.refusal().split("; ", -1)) {
        lines.add("  " + clause);
      }
    }
  }

  private static String row(String what, double accuracy) {
    return Double.isNaN(accuracy)
        ? say("  %-50s not known", what)
        : say("  %-50s %.3f", what, accuracy);
  }

  private static String sentenceCase(String words) {
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }

  private static String say(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
