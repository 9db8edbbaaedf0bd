package io.headwater.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.featurise.FieldPath;
import io.headwater.model.featurise.LabelNumber;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.ScoreContents;
import io.headwater.model.runtime.Crossing;
import io.headwater.model.runtime.GoldenCases;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.model.runtime.Prefix;
import io.headwater.model.runtime.Scored;
import io.headwater.schemas.Manifest;
import io.headwater.trainer.evaluate.Comparison;
import io.headwater.trainer.evaluate.Slices;
import io.headwater.trainer.plan.FreezeDecision;
import io.headwater.trainer.plan.Way;
import io.headwater.trainer.publish.CandidatePackage;
import io.headwater.trainer.publish.RecordedTraining;
import io.headwater.trainer.replay.CrossingCache;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.round.RoundOutcome;
import io.headwater.trainer.round.RoundSettings;
import io.headwater.trainer.round.TrainingRound;
import io.headwater.trainer.tune.FrozenStatistics;
import io.headwater.trainer.tune.TrainingSet;
import io.headwater.trainer.tune.TuneSettings.Start;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Trains an imported model on labelled events, its head first and as much more as the pipeline's
 * freeze policy says, so that it can go to production: a new head from scratch, a trained one from
 * its own weights.
 *
 * <p>Interrupting the thread ends it soon, with an exception, and with no session running.
 */
public final class FirstVersion {
  private static final int BATCH = 32;

  /** The share by which the RMSE of a first version may be above that of a head without sense. */
  private static final double ANYTHING = 1e9;

  /** Tells how far the backbone has come. */
  @FunctionalInterface
  public interface Progress {
    /** Called from the calling thread, after each batch. */
    void embedded(int done, int of);

    /** Called once, with all that the backbone answered, in the order of the events. */
    default void activations(float[][] activations) {}
  }

  private final Pipeline pipeline;
  private final Champion start;
  private final int[] classes;
  private final double[] numbers;
  private final Map<String, String> facts;
  private final @Nullable Manifest recorded;
  private final @Nullable CrossingCache cache;

  private FirstVersion(
      Pipeline pipeline,
      ModelPackage untrained,
      List<LabelledEvent> events,
      Map<String, String> facts,
      @Nullable Manifest recorded,
      @Nullable CrossingCache cache) {
    this.pipeline = pipeline;
    this.start = Champion.of(untrained, pipeline);
    boolean values = pipeline.regression() != null;
    this.classes = values ? new int[events.size()] : classes(pipeline, events);
    this.numbers = values ? numbers(events) : new double[events.size()];
    this.facts = facts;
    this.recorded = recorded;
    this.cache = cache;
  }

  /**
   * Runs the backbone over the events, tunes the head on what it answers, then the segments in
   * front of it where the policy says so, and seals goldens of some of the events.
   *
   * <p>The last events are held out to measure the head, which then is fitted to them as well.
   *
   * @param untrained what an import gives; a trained one must not become worse than it was
   * @param events oldest first, where they have an order
   * @return the trained version; its metrics are those of the version that had not seen the holdout
   * @throws IllegalArgumentException naming the event, by its place from 1, whose label is unknown
   *     or which can't be featurised, or where the events are too few, of one class, or training on
   *     them runs away
   */
  public static ModelPackage train(
      Pipeline pipeline, ModelPackage untrained, List<LabelledEvent> events, Progress progress) {
    return train(pipeline, untrained, events, progress, Map.of(), null);
  }

  /**
   * The same, with facts that the version's lineage shall record.
   *
   * @param besides by name, such as {@link RecordedTraining#DATA}
   * @param cache where what crosses is looked up and remembered, for those who train on the same
   *     events again and again; or null
   */
  public static ModelPackage train(
      Pipeline pipeline,
      ModelPackage untrained,
      List<LabelledEvent> events,
      Progress progress,
      Map<String, String> besides,
      @Nullable CrossingCache cache) {
    if (events.isEmpty()) {
      throw new IllegalArgumentException("no first version: there are no labelled events");
    }
    Map<String, String> facts = new HashMap<>(RecordedTraining.facts(pipeline));
    facts.putAll(besides);
    Guard guard = Guard.of(pipeline);
    if (guard != null) {
      facts.put(Guard.DIGEST, guard.digest());
    }
    ModelPackage trained =
        new FirstVersion(pipeline, untrained, events, facts, null, cache).train(events, progress);
    return guard == null ? trained : trained.withMetrics(Guarded.metrics(guard.evaluate(trained)));
  }

  /** Trains a version that is on record once more, as its lineage says. */
  static ModelPackage again(
      Pipeline pipeline, ModelPackage untrained, List<LabelledEvent> events, Manifest recorded) {
    return new FirstVersion(pipeline, untrained, events, Map.of(), recorded, null)
        .train(events, (done, of) -> {});
  }

  private ModelPackage train(List<LabelledEvent> events, Progress progress) {
    ModelPackage untrained = start.model();
    float[][] activations;
    byte[] goldens;
    List<Features> features;
    boolean flat = Champion.loggable(untrained.manifest()) && cache == null;
    try (LoadedModel model = LoadedModel.load(untrained)) {
      features = featurise(model, events);
      activations = flat ? activations(model, features, progress) : new float[0][];
      goldens = GoldenCases.of(model, features);
    }
    if (flat) {
      progress.activations(activations);
    }
    List<String> names =
        cache == null ? List.of() : events.stream().map(FirstVersion::name).toList();
    List<Crossing> crossing =
        flat
            ? Arrays.stream(activations).map(Crossing::of).toList()
            : crossing(untrained, features, names, start.headSegments(), Long.MAX_VALUE);
    if (crossing == null) {
      throw new IllegalStateException("what crosses without a bound is never too much");
    }
    // A model that came with its own last layers keeps what they know.
    boolean knows = untrained.manifest().getTrained();
    Map<String, float[]> weights = new HashMap<>();
    if (!knows) {
      weights.putAll(FrozenStatistics.measure(start.head(), set(crossing)));
    }
    Manifest record = recorded;
    FreezeDecision plan =
        record == null
            ? new FreezePlanner(pipeline).plan(untrained, start.ladder(), classes, crossing)
            : RecordedTraining.of(record.getLineage()).freeze(start.ladder());
    Courses courses =
        record == null
            ? new Courses(pipeline, untrained, weights)
            : new Courses(RecordedTraining.of(record.getLineage()).courses(), untrained, weights);
    List<Course> ready = new ArrayList<>();
    long most = record == null ? pipeline.training().tuning().activationBytes() : Long.MAX_VALUE;
    for (Way way : plan.ways()) {
      List<Crossing> rows = crossing(courses.base(way), features, names, courses.last(way), most);
      if (rows == null) {
        plan = plan.without(way, "what crosses takes more than training.activationBytes");
      } else {
        ready.add(courses.of(way, rows));
      }
    }
    Lesson lesson = new Lesson(examples(events), crossing, ready, plan, List.of());
    RoundSettings settings =
        record == null
            ? settings(pipeline, knows, events.size())
            : RecordedTraining.of(record.getLineage()).settings();
    RoundOutcome outcome =
        new TrainingRound(start.head().with(weights), lesson.contenders(), start::decide, settings)
            .run(lesson.examples(), crossing, FirstVersion::isInterrupted);
    if (outcome instanceof RoundOutcome.Rejected rejected) {
      throw new IllegalArgumentException("no first version: " + rejected.reason());
    }
    Course kept = lesson.kept(outcome);
    if (kept == null) {
      weights.putAll(outcome.weights());
    }
    FreezeDecision freeze = lesson.judged(outcome);
    Map<String, String> described = new HashMap<>(facts);
    described.put(RecordedTraining.WAYS, RecordedTraining.ways(lesson.ways()));
    CandidatePackage child =
        new CandidatePackage(
            untrained, kept == null ? untrained : kept.base(), settings, described);
    Map<String, float[]> packaged = kept == null ? weights : kept.weights(outcome.weights());
    int last = kept == null ? start.headSegments() : kept.last();
    Optional<Comparison> judged = outcome.comparison();
    ModelPackage trained =
        record == null
            ? child.with(packaged, last, freeze, null, outcome.trainedOn(), List.of(), judged)
            : child.again(record, packaged, last, outcome.depths().numbers(), null, judged);
    return freeze.deep() ? GoldenCases.rerun(trained, goldens) : GoldenCases.seal(trained, goldens);
  }

  private List<ReplayExample> examples(List<LabelledEvent> events) {
    List<ReplayExample> examples = new ArrayList<>();
    for (int i = 0; i < classes.length; i++) {
      List<String> slices = slices(events.get(i).event());
      examples.add(
          new ReplayExample(
              String.valueOf(i), 0, i, i, classes[i], 1, null, 0, i, null, "", numbers[i], slices));
    }
    return examples;
  }

  private List<String> slices(JsonNode event) {
    ScoreContents scores = pipeline.scores();
    return scores.slices().stream()
        .map(
            field -> {
              String path = scores.fields().getOrDefault(field, field);
              JsonNode value = FieldPath.of(path).in(event);
              boolean none = value.isMissingNode() || value.isNull();
              return Slices.name(
                  field, none ? null : value.isValueNode() ? value.asText() : value.toString());
            })
        .toList();
  }

  private TrainingSet set(List<Crossing> crossing) {
    float[] ones = new float[classes.length];
    Arrays.fill(ones, 1);
    return TrainingSet.of(crossing, classes, ones);
  }

  private static RoundSettings settings(Pipeline pipeline, boolean trained, int events) {
    RoundSettings settings =
        RoundSettings.of(pipeline, pipeline.labels(), trained ? Start.CALIBRATED : Start.SCRATCH);
    // Behind a new head there is no champion: whatever was learnt is better than nothing.
    return trained
        ? settings.unseen(events)
        : settings.tolerating(pipeline.regression() == null ? 1 : ANYTHING);
  }

  private static boolean isInterrupted() {
    return Thread.currentThread().isInterrupted();
  }

  private static int[] classes(Pipeline pipeline, List<LabelledEvent> events) {
    int[] classes = new int[events.size()];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = pipeline.labels().indexOf(events.get(i).label());
      if (classes[i] < 0) {
        throw new IllegalArgumentException(
            "event %d has a label that the pipeline does not name; its labels are %s"
                .formatted(i + 1, pipeline.labels()));
      }
    }
    return classes;
  }

  private static double[] numbers(List<LabelledEvent> events) {
    double[] numbers = new double[events.size()];
    for (int i = 0; i < numbers.length; i++) {
      OptionalDouble number = LabelNumber.parse(events.get(i).label());
      if (number.isEmpty()) {
        throw new IllegalArgumentException(
            "event %d has a label that is no finite 32-bit number".formatted(i + 1));
      }
      numbers[i] = number.getAsDouble();
    }
    return numbers;
  }

  private static List<Features> featurise(LoadedModel model, List<LabelledEvent> events) {
    List<Features> features = new ArrayList<>(events.size());
    for (int i = 0; i < events.size(); i++) {
      if (isInterrupted()) {
        throw new CancellationException("interrupted while events were featurised");
      }
      try {
        features.add(model.featurise(events.get(i).event()));
      } catch (FeatureException e) {
        throw new IllegalArgumentException(
            "event %d can't be featurised: %s".formatted(i + 1, e.getMessage()), e);
      }
    }
    return features;
  }

  /** In batches of like length, which are cut the same way whatever the number of workers. */
  private static float[][] activations(
      LoadedModel model, List<Features> features, Progress progress) {
    List<Integer> byLength =
        IntStream.range(0, features.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> features.get(i).length()))
            .toList();
    List<Callable<List<Scored>>> batches = new ArrayList<>();
    for (int from = 0; from < byLength.size(); from += BATCH) {
      List<Features> batch = batch(byLength, from).stream().map(features::get).toList();
      batches.add(() -> model.score(batch));
    }
    float[][] activations = new float[features.size()][];
    Workers.run(
        batches,
        (scored, i) -> {
          List<Integer> rows = batch(byLength, i * BATCH);
          for (int row = 0; row < rows.size(); row++) {
            activations[rows.get(row)] = scored.get(row).activation();
          }
          progress.embedded(Math.min(features.size(), (i + 1) * BATCH), features.size());
        });
    return activations;
  }

  /** What crosses to the last segments, for each event; null where it takes more than allowed. */
  private @Nullable List<Crossing> crossing(
      ModelPackage model, List<Features> features, List<String> names, int last, long maxBytes) {
    List<Crossing> rows = new ArrayList<>();
    try (Prefix prefix = Prefix.open(model, last)) {
      if (features.size() * prefix.run(features.get(0)).bytes() / 4 > maxBytes) {
        return null;
      }
      List<Callable<Crossing>> pieces = new ArrayList<>();
      for (int i = 0; i < features.size(); i++) {
        Features event = features.get(i);
        String name = names.isEmpty() ? "" : names.get(i);
        pieces.add(() -> crossing(prefix, event, name));
      }
      Workers.run(pieces, (row, i) -> rows.add(row));
    }
    return rows.stream().mapToLong(Crossing::bytes).sum() > maxBytes ? null : rows;
  }

  private Crossing crossing(Prefix prefix, Features event, String name) {
    if (cache == null) {
      return prefix.run(event);
    }
    Crossing known = cache.find(prefix.digest(), name);
    if (known == null) {
      known = prefix.run(event);
      cache.put(prefix.digest(), name, known);
    }
    return known;
  }

  private static String name(LabelledEvent event) {
    return Digest.of(event.event().toString().getBytes(UTF_8));
  }

  private static List<Integer> batch(List<Integer> rows, int from) {
    return rows.subList(from, Math.min(rows.size(), from + BATCH));
  }
}
