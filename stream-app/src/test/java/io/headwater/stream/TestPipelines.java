package io.headwater.stream;

import io.headwater.model.pipeline.FeatureSpec;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.Pipeline.OutOfBounds;
import io.headwater.model.pipeline.Regression;
import io.headwater.model.pipeline.ScoreContents;
import io.headwater.model.pipeline.Windows;
import io.headwater.schemas.serde.WireFormat;
import io.headwater.schemas.topics.PipelineTopics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Pipelines and times that the tests share. */
public final class TestPipelines {
  public static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  public static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  public static final PipelineTopics TOPICS = new PipelineTopics("reviews");

  private TestPipelines() {}

  /** Id and time from fields, 30 days back, an hour ahead, at most 1,000 bytes, joins for a day. */
  public static Pipeline reviews() {
    return with(event("id", "at", OutOfBounds.DEAD_LETTER), false);
  }

  public static Pipeline.Event event(String id, String time, OutOfBounds outOfBounds) {
    return new Pipeline.Event(
        id, time, Duration.ofDays(30), Duration.ofHours(1), outOfBounds, 1000);
  }

  public static Pipeline with(Pipeline.Event event, boolean copartitioned) {
    return with(event, new Pipeline.Feedback(Duration.ofDays(1), copartitioned));
  }

  public static Pipeline with(Pipeline.Event event, Pipeline.Feedback feedback) {
    return with(event, feedback, null);
  }

  /** The same as {@link #reviews}, with windows. */
  public static Pipeline windowed(Windows windows) {
    return with(
        event("id", "at", OutOfBounds.DEAD_LETTER),
        new Pipeline.Feedback(Duration.ofDays(1), false),
        windows);
  }

  private static Pipeline with(
      Pipeline.Event event, Pipeline.Feedback feedback, @Nullable Windows windows) {
    return new Pipeline(
        TOPICS,
        new Pipeline.Wire(WireFormat.JSON, null, 4, 1),
        event,
        new Pipeline.Model("tiny", 0),
        List.of(new FeatureSpec.Text("text", List.of("text"), 16)),
        List.of("bad", "good"),
        Map.of(),
        feedback,
        new Pipeline.Training(10, 10, 10, 2, 1, 8, 0.01, 0.0, 1),
        new Pipeline.Rollout(Pipeline.Gates.HOLDOUT, 0.0),
        windows,
        ScoreContents.SLIM,
        null);
  }

  /** The same as {@link #reviews}, with more in its scores. */
  public static Pipeline carrying(ScoreContents contents, @Nullable Regression regression) {
    Pipeline slim = reviews();
    return new Pipeline(
        slim.topics(),
        slim.wire(),
        slim.event(),
        slim.model(),
        slim.features(),
        regression == null ? slim.labels() : List.of(),
        slim.thresholds(),
        slim.feedback(),
        slim.training(),
        slim.rollout(),
        null,
        contents,
        regression);
  }
}
