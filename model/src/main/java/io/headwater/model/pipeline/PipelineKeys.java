package io.headwater.model.pipeline;

import static io.headwater.model.pipeline.Key.defaulted;
import static io.headwater.model.pipeline.Key.optional;
import static io.headwater.model.pipeline.Key.required;

import io.headwater.schemas.serde.WireFormat;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Every key of the pipeline file, with type, default and meaning. */
final class PipelineKeys {
  private PipelineKeys() {}

  /** What it means that no label came. */
  enum Unlabelled {
    IGNORE,
    NEGATIVE
  }

  private static final int MILLION = 1_000_000;

  static final Key<String> PIPELINE =
      required(
          "pipeline",
          Kind.TEXT,
          "reviews",
          "The pipeline's name and the prefix of its topics: a-z, 0-9, '.', '-', '_'.");
  static final Key<WireFormat> FORMAT =
      defaulted(
          "format",
          Kind.choice(WireFormat.class),
          "json",
          "How events are read and how scores, labels and examples are written.");
  static final Key<URI> REGISTRY =
      optional(
          "registry",
          Kind.ADDRESS,
          "http://localhost:8081",
          "The schema registry; needed by format avro and by nothing else.");
  static final Key<Integer> PARTITIONS =
      defaulted(
          "partitions",
          Kind.whole(1, 10_000),
          "2",
          "Partitions of the data topics when they are created.");
  static final Key<Integer> REPLICATION =
      defaulted(
          "replication",
          Kind.whole(1, 100),
          "1",
          "Replicas of every topic when it is created; 3 on a cluster that must lose nothing.");

  static final Key<String> EVENT_ID =
      defaulted(
          "event.id",
          Kind.path("$key"),
          "id",
          "Where an event's id is: a dotted path into the event, or $key for the record's key.");
  static final Key<String> EVENT_TIME =
      defaulted(
          "event.time",
          Kind.path("$timestamp"),
          "$timestamp",
          "Where an event's time is (epoch milliseconds or ISO-8601): a dotted path, or $timestamp"
              + " for the record's own.");
  static final Key<Duration> EVENT_MAX_AGE =
      defaulted(
          "event.maxAge",
          Kind.TIME_SPAN,
          "18262d",
          "Events older than this are out of bounds. The default, 50 years, takes old archives and"
              + " refuses a clock that starts in 1970.");
  static final Key<Duration> EVENT_MAX_SKEW =
      defaulted(
          "event.maxSkew",
          Kind.TIME_SPAN,
          "1h",
          "Events further than this in the future are out of bounds.");
  static final Key<Pipeline.OutOfBounds> EVENT_OUT_OF_BOUNDS =
      defaulted(
          "event.outOfBounds",
          Kind.choice(Pipeline.OutOfBounds.class),
          "dead-letter",
          "What becomes of an event out of bounds: a dead letter, or its time moved to the bound.");
  static final Key<Integer> EVENT_MAX_BYTES =
      defaulted(
          "event.maxBytes",
          Kind.size(1, 64 << 20),
          "1MiB",
          "Larger events are dead-lettered unread; the topics take somewhat more.");

  static final Key<String> MODEL_PRETRAINED =
      optional(
          "model.pretrained",
          Kind.TEXT,
          "all-minilm-l6-v2-q",
          "The pre-trained model to transfer from, by a name that headwater knows; not needed for a"
              + " model of your own, which `headwater model import` takes in.");
  static final Key<Integer> MODEL_HIDDEN =
      defaulted(
          "model.hidden",
          Kind.whole(0, 65_536),
          "0",
          "Width of the new head's hidden layer; 0 makes the head linear.");

  static final Key<String> WINDOWS_BY =
      defaulted(
          "windows.by",
          Kind.path("$key"),
          "$key",
          "The key whose latest events the windows hold: a dotted path, or $key for the record's key,"
              + " by which all producers must then partition alike.");
  static final Key<Duration> WINDOW_SIZE =
      defaulted(
          "windows.over.<window>.size",
          Kind.TIME_SPAN,
          "24h",
          "An event sees its key's events of this long before it, by the events' own times.");
  static final Key<Windows.Compute> WINDOW_COMPUTE =
      defaulted(
          "windows.over.<window>.features.<feature>.compute",
          Kind.choice(Windows.Compute.class),
          "count",
          "How they are summed up, the event itself among them; since-last is the milliseconds since"
              + " the one before. The feature is the field `hw.<window>.<feature>` of the event.");
  static final Key<String> WINDOW_FIELD =
      optional(
          "windows.over.<window>.features.<feature>.of",
          Kind.path(),
          "amount",
          "The field that is summed up; count and since-last need none.");

  static final Key<List<String>> LABELS =
      required(
          "labels",
          Kind.LABELS,
          "[ham, spam]",
          "The classes, in the order of the head's outputs; or the word number, where each label is"
              + " one and the model predicts it (docs/outputs.md).");
  static final Key<Double> THRESHOLD =
      optional(
          "decision.thresholds.<label>",
          Kind.number(0, 1),
          "0.6",
          "Decide for the label at or above this probability, else for the most probable other."
              + " Without any threshold the most probable label is decided for.");

  static final Key<Boolean> FEEDBACK =
      defaulted(
          "feedback.enabled",
          Kind.FLAG,
          "true",
          "False where no labels will come: they are not read, no examples are made, and scoring is"
              + " much cheaper.");
  static final Key<Duration> JOIN_WINDOW =
      defaulted(
          "feedback.joinWindow",
          Kind.TIME_SPAN,
          "90d",
          "A label makes an example if it was given at most this long after the event's time.");
  static final Key<Boolean> COPARTITIONED =
      defaulted(
          "feedback.copartitioned",
          Kind.FLAG,
          "false",
          "True where events and labels are both keyed by event id and partitioned alike: saves a"
              + " repartitioning.");

  static final Key<Unlabelled> UNLABELLED =
      defaulted(
          "feedback.unlabelledAfterMaturity",
          Kind.choice(Unlabelled.class),
          "ignore",
          "What it means that an event has no label once it is mature: nothing, or an example of the"
              + " negative class, as where only chargebacks are reported. A label that comes later"
              + " within joinWindow takes the example's place.");
  static final Key<Duration> MATURITY =
      optional(
          "feedback.maturity",
          Kind.TIME_SPAN,
          "60d",
          "How long after its time, by the events' clock, an event is mature; needed by negative, at"
              + " most joinWindow.");
  static final Key<String> NEGATIVE =
      optional(
          "feedback.negative",
          Kind.TEXT,
          "ham",
          "The class that silence stands for; without it the first of labels.");

  static final Key<Integer> TRIGGER =
      defaulted(
          "training.trigger",
          Kind.whole(1, MILLION),
          "250",
          "New examples that fire a training; 'training.triggers' says what else does.");
  static final Key<Integer> WINDOW =
      defaulted(
          "training.window",
          Kind.whole(2, MILLION),
          "1500",
          "Newest examples that every training replays.");
  static final Key<Integer> BALANCED =
      defaulted(
          "training.balanced",
          Kind.whole(0, MILLION),
          "500",
          "Older examples replayed besides, balanced over the classes.");
  static final Key<Integer> HOLDOUT =
      defaulted(
          "training.holdout",
          Kind.whole(1, MILLION),
          "100",
          "Newest examples of the window held out to judge the candidate.");
  static final Key<Integer> EPOCHS =
      defaulted(
          "training.epochs", Kind.whole(1, 10_000), "20", "Passes over the replayed examples.");
  static final Key<Integer> BATCH =
      defaulted("training.batch", Kind.whole(1, 65_536), "32", "Examples per optimiser step.");
  static final Key<Double> LEARNING_RATE =
      defaulted("training.learningRate", Kind.number(1e-9, 10), "0.001", "AdamW's learning rate.");
  static final Key<Double> WEIGHT_DECAY =
      defaulted(
          "training.weightDecay", Kind.number(0, 1), "0.01", "AdamW's decoupled weight decay.");
  static final Key<Long> SEED =
      defaulted(
          "training.seed",
          Kind.wholeLong(),
          "42",
          "Seed of the head's first weights, of the sample and of the shuffling.");

  static final Key<Pipeline.Calibration> CALIBRATION =
      defaulted(
          "training.calibration",
          Kind.choice(Pipeline.Calibration.class),
          "none",
          "temperature fits one number on the holdout by which the head's logits are divided, so that"
              + " its probabilities say how often it is right. Needs a head that ends in a linear"
              + " layer.");

  static final Key<Pipeline.Gates> GATES =
      defaulted(
          "rollout.gates",
          Kind.choice(Pipeline.Gates.class),
          "holdout",
          "What stands between a candidate and production: holdout promotes at once on the"
              + " trainer's holdout.");
  static final Key<Double> TOLERANCE =
      defaulted(
          "rollout.tolerance",
          Kind.number(0, 1),
          "0.0",
          "How much worse than the champion's holdout accuracy a candidate may be and still pass;"
              + " where labels are numbers, by which share its RMSE may be higher.");

  /** In the order of the reference page. */
  static final List<Key<?>> ALL =
      Stream.of(
              List.<Key<?>>of(
                  PIPELINE,
                  FORMAT,
                  REGISTRY,
                  PARTITIONS,
                  REPLICATION,
                  EVENT_ID,
                  EVENT_TIME,
                  EVENT_MAX_AGE,
                  EVENT_MAX_SKEW,
                  EVENT_OUT_OF_BOUNDS,
                  EVENT_MAX_BYTES,
                  MODEL_PRETRAINED,
                  MODEL_HIDDEN),
              FeatureKeys.all(),
              ScoresSection.all(),
              List.<Key<?>>of(
                  WINDOWS_BY, WINDOW_SIZE, WINDOW_COMPUTE, WINDOW_FIELD, LABELS, THRESHOLD),
              RegressionSection.decision(),
              List.<Key<?>>of(
                  FEEDBACK,
                  JOIN_WINDOW,
                  COPARTITIONED,
                  UNLABELLED,
                  MATURITY,
                  NEGATIVE,
                  FeedbackSection.ACTIVATIONS,
                  TRIGGER,
                  WINDOW,
                  BALANCED,
                  HOLDOUT,
                  EPOCHS,
                  BATCH,
                  LEARNING_RATE,
                  WEIGHT_DECAY,
                  SEED,
                  CALIBRATION),
              RegressionSection.training(),
              TriggerKeys.all(),
              TuningSection.all(),
              MemorySection.all(),
              List.<Key<?>>of(GATES, TOLERANCE))
          .flatMap(List::stream)
          .toList();
}
