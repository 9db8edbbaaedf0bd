package io.headwater.model.pipeline;

import io.headwater.schemas.serde.WireFormat;
import io.headwater.schemas.topics.PipelineTopics;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One scored stream: its topics, its events, its model and its rules, as the pipeline file says
 * them.
 *
 * @param labels class names, in the order of the head's outputs; empty where labels are numbers
 * @param windows features over a key's latest events; null where none are declared
 * @param thresholds label to the probability at or above which it is decided for; may be empty
 * @param scores what a score carries besides
 * @param regression how numbers are predicted; null where labels are classes
 */
public record Pipeline(
    PipelineTopics topics,
    Wire wire,
    Event event,
    Model model,
    List<FeatureSpec> features,
    List<String> labels,
    Map<String, Double> thresholds,
    Feedback feedback,
    Training training,
    Rollout rollout,
    @Nullable Windows windows,
    ScoreContents scores,
    @Nullable Regression regression) {

  /** A pipeline of classes without windows, whose scores are slim. */
  public Pipeline(
      PipelineTopics topics,
      Wire wire,
      Event event,
      Model model,
      List<FeatureSpec> features,
      List<String> labels,
      Map<String, Double> thresholds,
      Feedback feedback,
      Training training,
      Rollout rollout) {
    this(
        topics,
        wire,
        event,
        model,
        features,
        labels,
        thresholds,
        feedback,
        training,
        rollout,
        null,
        ScoreContents.SLIM,
        null);
  }

  public Pipeline {
    features = List.copyOf(features);
    labels = List.copyOf(labels);
    thresholds = Map.copyOf(thresholds);
  }

  /** The same, whose trainings remember otherwise. */
  public Pipeline remembering(Memory memory) {
    return new Pipeline(
        topics,
        wire,
        event,
        model,
        features,
        labels,
        thresholds,
        feedback,
        training.remembering(memory),
        rollout,
        windows,
        scores,
        regression);
  }

  /** The topic whose records are scored: the events, or those that windows enriched. */
  public String scoredTopic() {
    return windows == null ? topics.events() : topics.enriched();
  }

  public String name() {
    return topics.prefix();
  }

  /**
   * How values are written, and how many partitions the data topics have when created.
   *
   * @param registry schema registry; required where the format is AVRO
   */
  public record Wire(WireFormat format, @Nullable URI registry, int partitions, int replication) {}

  /**
   * How to read an event.
   *
   * @param id dotted path of the id field, or {@code $key} for the record's key
   * @param time dotted path of the event time (epoch milliseconds or ISO-8601), or {@code
   *     $timestamp} for the record's own
   * @param maxBytes values above this are dead-lettered unread
   */
  public record Event(
      String id,
      String time,
      Duration maxAge,
      Duration maxSkew,
      OutOfBounds outOfBounds,
      int maxBytes) {}

  /** What becomes of an event whose time lies outside [now - maxAge, now + maxSkew]. */
  public enum OutOfBounds {
    DEAD_LETTER,
    CLAMP
  }

  /**
   * The pre-trained model to start from.
   *
   * @param pretrained a name known to {@code headwater}, such as all-minilm-l6-v2-q; null where the
   *     model is imported from a file
   * @param hidden width of the new head's hidden layer; 0 makes it linear
   */
  public record Model(@Nullable String pretrained, int hidden) {}

  /**
   * How labels meet events.
   *
   * @param enabled false where no label will come, and so nothing waits for one
   * @param joinWindow an example is made iff labeledAt - eventTime is at most this
   * @param copartitioned true where events and labels are both keyed by event id and partitioned
   *     alike, so that no repartitioning is needed
   * @param silence what it means that no label comes; null where it means nothing
   * @param activations where a training has them from
   */
  public record Feedback(
      boolean enabled,
      Duration joinWindow,
      boolean copartitioned,
      @Nullable Silence silence,
      Activations activations) {
    /** Feedback that is awaited, and whose examples carry the activations. */
    public Feedback(Duration joinWindow, boolean copartitioned, @Nullable Silence silence) {
      this(true, joinWindow, copartitioned, silence, Activations.LOG);
    }

    /** Feedback in which silence means nothing. */
    public Feedback(Duration joinWindow, boolean copartitioned) {
      this(joinWindow, copartitioned, null);
    }
  }

  /** Where a training has the activations from that its head reads. */
  public enum Activations {
    /** The scorer's own travel in each example. */
    LOG,
    /** The trainer runs the frozen prefix over the event once more. */
    RECOMPUTE
  }

  /**
   * The label that an event without one is taken to have.
   *
   * @param maturity how long after the event's time
   * @param label one of the pipeline's
   */
  public record Silence(Duration maturity, String label) {}

  /**
   * When and how the head is fine-tuned.
   *
   * @param trigger new examples that fire a training
   * @param window newest examples always replayed
   * @param balanced older examples replayed besides, balanced over the classes
   * @param holdout newest examples of the window held out to judge a candidate
   * @param calibration whether its probabilities are made to fit how often it is right
   * @param triggers what fires a training besides
   * @param tuning how it descends besides
   * @param memory what it replays and what it must not forget
   */
  public record Training(
      int trigger,
      int window,
      int balanced,
      int holdout,
      int epochs,
      int batch,
      double learningRate,
      double weightDecay,
      long seed,
      Calibration calibration,
      Triggers triggers,
      Tuning tuning,
      Memory memory) {
    /**
     * A training that new examples alone fire, whose probabilities stay as they come, and that
     * descends as it does by default.
     */
    public Training(
        int trigger,
        int window,
        int balanced,
        int holdout,
        int epochs,
        int batch,
        double learningRate,
        double weightDecay,
        long seed) {
      this(
          trigger,
          window,
          balanced,
          holdout,
          epochs,
          batch,
          learningRate,
          weightDecay,
          seed,
          Calibration.NONE,
          Triggers.NONE,
          Tuning.DEFAULT,
          Memory.DEFAULT);
    }

    private Training remembering(Memory other) {
      return new Training(
          trigger,
          window,
          balanced,
          holdout,
          epochs,
          batch,
          learningRate,
          weightDecay,
          seed,
          calibration,
          triggers,
          tuning,
          other);
    }
  }

  /** How probabilities are made to fit how often the head is right. */
  public enum Calibration {
    NONE,
    /** One number divides the logits. */
    TEMPERATURE
  }

  /**
   * Rules for promotion.
   *
   * @param tolerance how much worse than the champion's holdout accuracy a candidate may be and
   *     still pass, in [0, 1]
   */
  public record Rollout(Gates gates, double tolerance) {}

  /** Which gates stand between candidate and production. */
  public enum Gates {
    /** Promote at once on the trainer's holdout. */
    HOLDOUT
  }
}
