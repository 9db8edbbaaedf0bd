package io.headwater.ops.demo;

import static java.util.Objects.requireNonNull;

import io.headwater.model.pack.Digest;
import io.headwater.model.pack.Manifests;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Metric;
import io.headwater.schemas.PublishedManifest;
import io.headwater.schemas.RolloutAction;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Stage;
import io.headwater.schemas.StageRecord;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The versions and decisions that a watcher saw on the stage topics and on rollouts.
 *
 * <p>Not safe for use by several threads.
 */
final class VersionLog {
  private static final String HOLDOUT = "holdout.accuracy";
  private static final String GUARD = "guard.accuracy";

  private static final class Seen {
    final Manifest manifest;
    final Instant publishedAt;
    Stage stage = Stage.CANDIDATE;

    Seen(Manifest manifest, Instant publishedAt) {
      this.manifest = manifest;
      this.publishedAt = publishedAt;
    }
  }

  private final Map<String, Seen> versions = new LinkedHashMap<>();
  private final Map<String, Long> bytes = new LinkedHashMap<>();
  private final Map<String, Instant> firstScores = new LinkedHashMap<>();
  private @Nullable RolloutDecision last;
  private @Nullable String production;
  private int trainings;
  private @Nullable String refusal;

  /** A stage record was read. */
  void staged(StageRecord record) {
    for (PublishedManifest published : record.getManifests()) {
      ByteBuffer buffer = published.getManifest().duplicate();
      byte[] canonical = new byte[buffer.remaining()];
      buffer.get(canonical);
      Seen seen =
          versions.computeIfAbsent(
              Digest.of(canonical),
              version -> new Seen(Manifests.read(canonical), published.getPublishedAt()));
      if (record.getStage().compareTo(seen.stage) > 0) {
        seen.stage = record.getStage();
      }
    }
    if (record.getStage() == Stage.PRODUCTION && !record.getLive().isEmpty()) {
      production = record.getLive().get(0).getVersion();
    }
  }

  /** A decision was read. */
  void decided(RolloutDecision decision) {
    last = decision;
    if (decision.getAction() == RolloutAction.PUBLISH) {
      bytes.put(decision.getVersion(), decision.getBytesPublished());
    }
    boolean byTraining = decision.getExamplesSeen() > 0;
    if (byTraining && decision.getAction() != RolloutAction.PROMOTE) {
      trainings++;
      refusal = decision.getAction() == RolloutAction.REJECT ? decision.getReason() : refusal;
    }
  }

  /** A score was read; tells whether it is the version's first. */
  boolean scored(String version, Instant scoredAt) {
    return firstScores.putIfAbsent(version, scoredAt) == null;
  }

  /** How many examples the trainer had seen at its last decision. */
  long examplesSeen() {
    return last == null ? 0 : last.getExamplesSeen();
  }

  /** Whether the last decision calls for no further one: what is published is promoted or not. */
  boolean isSettled() {
    return last == null
        || last.getAction() != RolloutAction.PUBLISH
        || last.getVersion().equals(production);
  }

  /** The version that production's last record names. */
  @Nullable String production() {
    return production;
  }

  /** Trainings that ended in a decision. */
  int trainings() {
    return trainings;
  }

  /** Why the last of those that published nothing did not. */
  @Nullable String refusal() {
    return refusal;
  }

  /** The first score's place in the order of the versions that scored, from 1. */
  int ordinal(String version) {
    return List.copyOf(firstScores.keySet()).indexOf(version) + 1;
  }

  /** The holdout accuracy that the trainer measured; null where it held nothing out. */
  @Nullable Double holdout(String version) {
    Seen seen = versions.get(version);
    return seen == null ? null : metric(seen.manifest, HOLDOUT);
  }

  /** Everything known of each version, in the order in which they were published. */
  List<Report.Version> versions() {
    return versions.entrySet().stream()
        .map(entry -> version(entry.getKey(), entry.getValue()))
        .toList();
  }

  private Report.Version version(String version, Seen seen) {
    Lineage lineage = requireNonNull(seen.manifest.getLineage());
    return new Report.Version(
        version,
        seen.stage.name(),
        seen.publishedAt,
        firstScores.get(version),
        bytes.getOrDefault(version, 0L),
        lineage.getExampleCount(),
        metric(seen.manifest, HOLDOUT),
        metric(seen.manifest, GUARD));
  }

  private static @Nullable Double metric(Manifest manifest, String name) {
    return manifest.getMetrics().stream()
        .filter(metric -> metric.getName().equals(name))
        .map(Metric::getValue)
        .findFirst()
        .orElse(null);
  }
}
