package io.headwater.ops.demo;

import io.headwater.ops.demo.PairedDifference.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a demo came to.
 *
 * @param accuracyFrozen of the first version on the same events
 * @param accuracyMajority of the running majority of the labels known so far
 * @param accuracyRefit of a logistic regression on the same activations, fitted to the newest known
 *     labels again and again; not a number where events lack examples
 * @param accuracyFromScratch the same of a head of the version's shape, which has no earlier task
 *     to keep
 * @param refusal why the last training that published nothing did not
 * @param latency from handing an event to the producer to its committed score in a consumer's hands
 */
record Report(
    String demo,
    Counts counts,
    List<Version> versions,
    int trainings,
    @Nullable String refusal,
    double accuracyLive,
    double accuracyFrozen,
    double accuracyMajority,
    double accuracyRefit,
    double accuracyFromScratch,
    List<Phase> phases,
    Duration duration,
    double eventsPerSecond,
    Latencies latency) {

  /**
   * Events in and answers out.
   *
   * @param lost events with neither score nor dead letter
   * @param duplicated answers beyond an event's first
   * @param unknown answers to events that were never sent
   */
  record Counts(
      long events,
      long scored,
      long deadLettered,
      long lost,
      long duplicated,
      long unknown,
      long labelsJoined) {}

  /**
   * A version that was published.
   *
   * @param stage the furthest that it came
   * @param firstScoreAt null where it scored nothing
   * @param trainedOn examples
   * @param holdout accuracy on the trainer's holdout; null where none was held out
   * @param guard accuracy on the guard set; null where the pipeline has none
   */
  record Version(
      String version,
      String stage,
      Instant publishedAt,
      @Nullable Instant firstScoreAt,
      long bytesPublished,
      long trainedOn,
      @Nullable Double holdout,
      @Nullable Double guard) {}

  /** A stretch of the stream on one subject. */
  record Phase(
      String name,
      int events,
      double accuracyLive,
      double accuracyFrozen,
      PairedDifference difference) {
    Verdict learningHelped() {
      return difference.learningHelped();
    }
  }

  Report {
    versions = List.copyOf(versions);
    phases = List.copyOf(phases);
  }

  /** Why this run is no success, a clause each; empty where it is one. */
  List<String> failures() {
    List<String> failures = new ArrayList<>();
    add(failures, counts.lost(), "events were lost");
    add(failures, counts.duplicated(), "events were answered more than once");
    add(failures, counts.unknown(), "answers are to events that were never sent");
    add(failures, counts.deadLettered(), "events were dead-lettered");
    add(failures, counts.events() - counts.labelsJoined(), "labels were not joined");
    return failures;
  }

  private static void add(List<String> failures, long count, String what) {
    if (count > 0) {
      failures.add(count + " " + what);
    }
  }
}
