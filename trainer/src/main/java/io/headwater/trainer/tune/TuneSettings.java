package io.headwater.trainer.tune;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.Tuning;
import io.headwater.trainer.gradient.Loss;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a head is tuned.
 *
 * @param epochs passes over the examples
 * @param batch examples per step
 * @param learningRate at its peak
 * @param weightDecay decoupled from the gradient; biases are not decayed
 * @param beta1 decay of the gradient's running mean
 * @param beta2 decay of the squared gradient's running mean
 * @param epsilon added to the root of the latter
 * @param warmUp share of the steps over which the learning rate rises from 0, in [0, 1)
 * @param clip largest norm of a step's gradient over all weights; a larger one is scaled down
 * @param balanced whether each class counts alike, however many examples it has
 * @param start where the weights start from
 * @param seed of the order of examples and of fresh weights
 * @param refinements what it does besides
 */
public record TuneSettings(
    int epochs,
    int batch,
    double learningRate,
    double weightDecay,
    double beta1,
    double beta2,
    double epsilon,
    double warmUp,
    double clip,
    boolean balanced,
    Start start,
    long seed,
    Refinements refinements) {

  /** Where the weights of a tuning start from. */
  public enum Start {
    /** From the champion's. */
    WARM,
    /**
     * From the champion's, its logits divided by the temperature that fits its answers to the
     * examples' labels where it is too sure of them. Otherwise the steepest way down is for all of
     * its layers to unlearn how sure they are, which costs what they know where a share of the
     * labels is wrong. Numbers start as with {@link #WARM}.
     */
    CALIBRATED,
    /** From fresh ones. */
    SCRATCH;

    /** Whether it keeps what the champion knows. */
    public boolean isWarm() {
      return this != SCRATCH;
    }
  }

  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;
  private static final double PULL = 1;

  /** Fresh weights have further to go than the champion's, which a high rate would undo. */
  private static final int SCRATCH_EPOCHS = 2;

  private static final double SCRATCH_RATE = 3;

  public TuneSettings {
    require(epochs > 0, "epochs", epochs);
    require(batch > 0, "batch", batch);
    require(learningRate > 0, "learningRate", learningRate);
    require(weightDecay >= 0, "weightDecay", weightDecay);
    require(beta1 >= 0 && beta1 < 1, "beta1", beta1);
    require(beta2 >= 0 && beta2 < 1, "beta2", beta2);
    require(epsilon > 0, "epsilon", epsilon);
    require(warmUp >= 0 && warmUp < 1, "warmUp", warmUp);
    require(clip > 0, "clip", clip);
  }

  /** Settings without refinements. */
  public TuneSettings(
      int epochs,
      int batch,
      double learningRate,
      double weightDecay,
      double beta1,
      double beta2,
      double epsilon,
      double warmUp,
      double clip,
      boolean balanced,
      Start start,
      long seed) {
    this(
        epochs,
        batch,
        learningRate,
        weightDecay,
        beta1,
        beta2,
        epsilon,
        warmUp,
        clip,
        balanced,
        start,
        seed,
        Refinements.NONE);
  }

  /** The same settings with refinements. */
  public TuneSettings with(Refinements others) {
    return new TuneSettings(
        epochs,
        batch,
        learningRate,
        weightDecay,
        beta1,
        beta2,
        epsilon,
        warmUp,
        clip,
        balanced,
        start,
        seed,
        others);
  }

  /** The same over other epochs. */
  public TuneSettings lasting(int others) {
    return new TuneSettings(
        others,
        batch,
        learningRate,
        weightDecay,
        beta1,
        beta2,
        epsilon,
        warmUp,
        clip,
        balanced,
        start,
        seed,
        refinements);
  }

  /** The same with weights drawn back to where they start, at least so strongly. */
  public TuneSettings drawnBack() {
    return with(refinements.pulling(Math.max(PULL, refinements.pull())));
  }

  /**
   * What the pipeline says, and for the rest what is usual for AdamW. From scratch takes twice the
   * epochs at three times the rate.
   */
  public static TuneSettings of(Pipeline.Training training, Start start) {
    boolean scratch = start == Start.SCRATCH;
    Tuning tuning = training.tuning();
    return new TuneSettings(
        training.epochs() * (scratch ? SCRATCH_EPOCHS : 1),
        training.batch(),
        training.learningRate() * (scratch ? SCRATCH_RATE : 1),
        training.weightDecay(),
        BETA1,
        BETA2,
        EPSILON,
        tuning.warmUp(),
        tuning.clip(),
        tuning.balance(),
        start,
        training.seed(),
        new Refinements(
            Loss.softmax(),
            tuning.smoothing(),
            tuning.pull(),
            tuning.accumulation(),
            tuning.patience(),
            List.of(),
            tuning.segmentRate()));
  }

  /** Every setting but the seed, by name, as lineage keeps it. */
  public Map<String, String> byName() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("balanced", Boolean.toString(balanced));
    settings.put("batch", Integer.toString(batch));
    settings.put("beta1", Double.toString(beta1));
    settings.put("beta2", Double.toString(beta2));
    settings.put("clip", Double.toString(clip));
    settings.put("epochs", Integer.toString(epochs));
    settings.put("epsilon", Double.toString(epsilon));
    settings.put("learning-rate", Double.toString(learningRate));
    settings.put("start", start.name().toLowerCase(Locale.ROOT));
    settings.put("warm-up", Double.toString(warmUp));
    settings.put("weight-decay", Double.toString(weightDecay));
    refinements.describe(settings);
    return settings;
  }

  private static void require(boolean holds, String name, Number value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " can't be " + value);
    }
  }
}
