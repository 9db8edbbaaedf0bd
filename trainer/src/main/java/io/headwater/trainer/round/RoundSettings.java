package io.headwater.trainer.round;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.Regression;
import io.headwater.model.pipeline.ScoreContents;
import io.headwater.trainer.gradient.Loss;
import io.headwater.trainer.tune.TuneSettings;
import io.headwater.trainer.tune.TuneSettings.Start;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a round trains and judges.
 *
 * @param tune how the head is tuned
 * @param deeper how segments in front of it are tuned with it, from the head just tuned
 * @param holdout newest examples held out to judge by; at most a third of all
 * @param tolerance how much worse than the champion's holdout accuracy a candidate may be; of
 *     numbers, by which share its RMSE may be higher
 * @param refit whether a candidate that passed is tuned once more on everything, holdout included:
 *     the newest examples are the most like those to come. The figures stay those of the candidate
 *     that had not seen the holdout
 * @param calibrated whether the logits are divided by a temperature fitted to the holdout; a
 *     candidate tuned once more keeps the one found before. It is one number: the holdout's figures
 *     flatter a calibrated candidate's log-loss little, and its ranking not at all
 * @param unseen newest examples that the champion was not tuned on: they tell how much of its way a
 *     head goes; with 0 it goes all of it
 * @param mostSlices values of a field by which figures are broken down that stand alone
 */
public record RoundSettings(
    TuneSettings tune,
    TuneSettings deeper,
    int holdout,
    double tolerance,
    boolean refit,
    boolean calibrated,
    int unseen,
    int mostSlices) {
  private static final boolean REFIT = true;

  /** The setting that says {@link #unseen}, where there are any. */
  static final String UNSEEN = "unseen";

  /** The setting that says {@link #mostSlices}, where that is not the default. */
  static final String MOST_SLICES = "most-slices";

  static final int SLICES = ScoreContents.SLIM.mostSlices();

  /** Rounds that break figures down as they do by default. */
  public RoundSettings(
      TuneSettings tune,
      TuneSettings deeper,
      int holdout,
      double tolerance,
      boolean refit,
      boolean calibrated) {
    this(tune, deeper, holdout, tolerance, refit, calibrated, 0, SLICES);
  }

  /** Rounds of the head alone. */
  public RoundSettings(TuneSettings tune, int holdout, double tolerance, boolean refit) {
    this(tune, tune, holdout, tolerance, refit, false);
  }

  /**
   * What the pipeline says.
   *
   * <p>No more is held out than one trigger brings: the champion may have been tuned on what is
   * older.
   *
   * @param labels in the order of the head's outputs
   */
  public static RoundSettings of(Pipeline pipeline, List<String> labels, Start start) {
    Pipeline.Training training = pipeline.training();
    Map<String, Double> weights = training.tuning().classWeights();
    List<Double> byClass =
        weights.isEmpty()
            ? List.of()
            : labels.stream().map(label -> weights.getOrDefault(label, 1.0)).toList();
    TuneSettings tune = TuneSettings.of(training, start);
    TuneSettings deeper =
        TuneSettings.of(training, Start.WARM).lasting(training.tuning().segmentEpochs());
    Loss loss = loss(pipeline.regression());
    return new RoundSettings(
        tune.with(tune.refinements().weighing(byClass).losing(loss)),
        deeper.with(deeper.refinements().weighing(byClass).losing(loss)),
        Math.min(training.holdout(), training.trigger()),
        pipeline.rollout().tolerance(),
        REFIT,
        training.calibration() == Pipeline.Calibration.TEMPERATURE,
        0,
        pipeline.scores().mostSlices());
  }

  private static Loss loss(@Nullable Regression regression) {
    if (regression == null) {
      return Loss.softmax();
    }
    return switch (regression.loss()) {
      case SQUARED -> Loss.squared();
      case HUBER -> Loss.huber(regression.huberDelta());
    };
  }

  /** The same with another tolerance. */
  public RoundSettings tolerating(double worse) {
    return new RoundSettings(tune, deeper, holdout, worse, refit, calibrated, unseen, mostSlices);
  }

  /** The same where the champion was not tuned on so many of the newest examples. */
  public RoundSettings unseen(int newest) {
    return new RoundSettings(
        tune, deeper, holdout, tolerance, refit, calibrated, newest, mostSlices);
  }

  /** Every setting but the seed, by name, as lineage keeps it. */
  public Map<String, String> byName() {
    Map<String, String> settings = new TreeMap<>(tune.byName());
    settings.put("calibration", calibrated ? "temperature" : "none");
    settings.put("holdout", Integer.toString(holdout));
    settings.put("segment-epochs", Integer.toString(deeper.epochs()));
    settings.put("segment-learning-rate", Double.toString(deeper.learningRate()));
    settings.put("refit", Boolean.toString(refit));
    settings.put("tolerance", Double.toString(tolerance));
    if (unseen > 0) {
      settings.put(UNSEEN, Integer.toString(unseen));
    }
    if (mostSlices != SLICES) {
      settings.put(MOST_SLICES, Integer.toString(mostSlices));
    }
    return settings;
  }
}
