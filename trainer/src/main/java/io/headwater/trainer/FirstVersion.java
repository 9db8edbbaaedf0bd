package io.headwater.trainer;

import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.GoldenCases;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.model.runtime.Scored;
import io.headwater.trainer.evaluate.Comparison;
import io.headwater.trainer.publish.CandidatePackage;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.round.RoundOutcome;
import io.headwater.trainer.round.RoundSettings;
import io.headwater.trainer.round.TrainingRound;
import io.headwater.trainer.tune.FrozenStatistics;
import io.headwater.trainer.tune.TuneSettings.Start;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Trains the head of an imported model on labelled events, so that it can go to production: a new
 * head from scratch, a trained one from its own weights.
 *
 * <p>Interrupting the thread ends it soon, with an exception, and with no session running.
 */
public final class FirstVersion {
  private static final int BATCH = 32;
  private static final int WORKERS = 2;

  /** Tells how far the backbone has come. */
  @FunctionalInterface
  public interface Progress {
    /** Called from the calling thread, after each batch. */
    void embedded(int done, int of);

    /** Called once, with all that the backbone answered, in the order of the events. */
    default void activations(float[][] activations) {}
  }

  private FirstVersion() {}

  /**
   * Runs the backbone over the events, tunes the head on what it answers, and seals goldens of some
   * of them.
   *
   * <p>The last events are held out to measure the head, which then is fitted to them as well.
   *
   * @param untrained what an import gives; a trained one must not become worse than it was
   * @param events oldest first, where they have an order
   * @return the trained version; its metrics are those of the head that had not seen the holdout
   * @throws IllegalArgumentException naming the event, by its place from 1, whose label is unknown
   *     or which can't be featurised, or where the events are too few, of one class, or training on
   *     them runs away
   */
  public static ModelPackage train(
      Pipeline pipeline, ModelPackage untrained, List<LabelledEvent> events, Progress progress) {
    int[] classes = classes(pipeline, events);
    if (events.isEmpty()) {
      throw new IllegalArgumentException("no first version: there are no labelled events");
    }
    float[][] activations;
    byte[] goldens;
    try (LoadedModel model = LoadedModel.load(untrained)) {
      List<Features> features = featurise(model, events);
      activations = activations(model, features, progress);
      goldens = GoldenCases.of(model, features);
    }
    progress.activations(activations);
    List<ReplayExample> examples = new ArrayList<>();
    for (int i = 0; i < classes.length; i++) {
      examples.add(
          new ReplayExample(String.valueOf(i), 0, i, i, classes[i], 1, activations[i], 0, i));
    }
    Champion start = Champion.of(untrained);
    RoundSettings settings = settings(pipeline, untrained.manifest().getTrained());
    Map<String, float[]> weights = new HashMap<>();
    if (!untrained.manifest().getTrained()) {
      weights.putAll(FrozenStatistics.measure(start.head(), activations));
    }
    RoundOutcome outcome =
        new TrainingRound(start.head().with(weights), start::decide, settings)
            .run(examples, FirstVersion::isInterrupted);
    if (outcome instanceof RoundOutcome.Rejected rejected) {
      throw new IllegalArgumentException("no first version: " + rejected.reason());
    }
    weights.putAll(outcome.weights());
    ModelPackage trained =
        new CandidatePackage(untrained, settings)
            .with(
                weights,
                null,
                outcome.trainedOn(),
                List.of(),
                outcome.comparison().map(Comparison::candidate));
    return GoldenCases.seal(trained, goldens);
  }

  private static RoundSettings settings(Pipeline pipeline, boolean trained) {
    RoundSettings settings =
        RoundSettings.of(pipeline, pipeline.labels(), trained ? Start.WARM : Start.SCRATCH);
    // Behind a new head there is no champion: whatever was learnt is better than nothing.
    return trained ? settings : settings.tolerating(1);
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
    float[][] activations = new float[features.size()][];
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
    try {
      List<Future<List<Scored>>> batches = new ArrayList<>();
      for (int from = 0; from < byLength.size(); from += BATCH) {
        List<Features> batch = batch(byLength, from).stream().map(features::get).toList();
        batches.add(workers.submit(() -> model.score(batch)));
      }
      for (int i = 0; i < batches.size(); i++) {
        List<Integer> rows = batch(byLength, i * BATCH);
        List<Scored> scored = batches.get(i).get();
        for (int row = 0; row < rows.size(); row++) {
          activations[rows.get(row)] = scored.get(row).activation();
        }
        progress.embedded(Math.min(features.size(), (i + 1) * BATCH), features.size());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("the backbone failed: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the backbone ran", e);
    } finally {
      drain(workers);
    }
    return activations;
  }

  private static List<Integer> batch(List<Integer> rows, int from) {
    return rows.subList(from, Math.min(rows.size(), from + BATCH));
  }

  /** Waits until no worker runs the model, which is closed next. */
  private static void drain(ExecutorService workers) {
    workers.shutdownNow();
    boolean interrupted = false;
    while (!workers.isTerminated()) {
      try {
        if (workers.awaitTermination(1, TimeUnit.SECONDS)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
