package io.headwater.ops.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A report as JSON: times in ISO-8601, accuracies as shares, latencies in milliseconds. */
final class ReportJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ReportJson() {}

  static String of(Report report) {
    ObjectNode json = JSON.createObjectNode();
    json.put("demo", report.demo());
    Report.Counts counts = report.counts();
    json.put("events", counts.events());
    json.put("scored", counts.scored());
    json.put("deadLettered", counts.deadLettered());
    json.put("lost", counts.lost());
    json.put("duplicated", counts.duplicated());
    json.put("unknown", counts.unknown());
    json.put("labelsJoined", counts.labelsJoined());
    json.put("trainings", report.trainings());
    json.put("refusal", report.refusal());
    ArrayNode versions = json.putArray("versions");
    report.versions().forEach(version -> add(versions.addObject(), version));
    json.put("accuracyLive", report.accuracyLive());
    json.put("accuracyFrozen", report.accuracyFrozen());
    json.put("accuracyMajority", report.accuracyMajority());
    json.put("accuracyRefit", known(report.accuracyRefit()));
    json.put("accuracyFromScratch", known(report.accuracyFromScratch()));
    ArrayNode phases = json.putArray("phases");
    report.phases().forEach(phase -> add(phases.addObject(), phase));
    json.put("durationSeconds", report.duration().toMillis() / 1000.0);
    json.put("eventsPerSecond", report.eventsPerSecond());
    ObjectNode latency = json.putObject("latency");
    latency.put("p50", millis(report.latency().p50()));
    latency.put("p99", millis(report.latency().p99()));
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON nodes can always be written", e);
    }
  }

  private static void add(ObjectNode json, Report.Version version) {
    json.put("version", version.version());
    json.put("stage", version.stage());
    json.put("publishedAt", version.publishedAt().toString());
    json.put("firstScoreAt", text(version.firstScoreAt()));
    json.put("bytesPublished", version.bytesPublished());
    json.put("trainedOn", version.trainedOn());
    json.put("holdout", version.holdout());
    json.put("guard", version.guard());
  }

  private static void add(ObjectNode json, Report.Phase phase) {
    json.put("name", phase.name());
    json.put("events", phase.events());
    json.put("accuracyLive", phase.accuracyLive());
    json.put("accuracyFrozen", phase.accuracyFrozen());
    json.put("difference", phase.difference().difference());
    ArrayNode interval = json.putArray("confidence95");
    interval.add(phase.difference().low());
    interval.add(phase.difference().high());
    json.put("learningHelped", phase.learningHelped().toString());
  }

  private static @Nullable Double known(double accuracy) {
    return Double.isNaN(accuracy) ? null : accuracy;
  }

  private static @Nullable String text(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }
}
