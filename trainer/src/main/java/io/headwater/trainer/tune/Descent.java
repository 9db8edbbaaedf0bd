package io.headwater.trainer.tune;

import io.headwater.trainer.gradient.Tensors;
import io.headwater.trainer.gradient.TrainingGraph.TrainedWeight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/** One descent of a training graph's weights over a set of examples, epoch by epoch. */
final class Descent {
  /** An epoch whose loss exceeds the first step's by this factor counts as divergence. */
  private static final double RUNAWAY = 10;

  private final StepRunner runner;
  private final TrainingSet set;
  private final TuneSettings settings;
  private final BooleanSupplier cancelled;
  private final List<Trained> trained = new ArrayList<>();
  private final List<Double> losses = new ArrayList<>();
  private final Random random;
  private final LearningRate rate;
  private final int[] rows;
  private double first = Double.NaN;
  private long step;

  Descent(
      StepRunner runner,
      Map<String, float[]> start,
      TrainingSet set,
      TuneSettings settings,
      BooleanSupplier cancelled) {
    this.runner = runner;
    this.set = set;
    this.settings = settings;
    this.cancelled = cancelled;
    this.random = new Random(settings.seed());
    this.rows = inOrder(set.size());
    for (TrainedWeight weight : runner.trained()) {
      trained.add(new Trained(weight, start.getOrDefault(weight.name(), new float[0]), settings));
    }
    trained.forEach(weight -> runner.setWeight(weight.name, weight.values));
    long perStep = (long) settings.batch() * settings.refinements().accumulation();
    long steps = (set.size() + perStep - 1) / perStep * settings.epochs();
    this.rate =
        new LearningRate(settings.learningRate(), (long) (settings.warmUp() * steps), steps);
  }

  /**
   * Descends.
   *
   * @param held examples whose loss decides when to stop; unused without patience
   */
  TuneOutcome run(TrainingSet held) {
    int patience = settings.refinements().patience();
    double best = Double.POSITIVE_INFINITY;
    int since = 0;
    for (int epoch = 0; epoch < settings.epochs(); epoch++) {
      shuffle(rows, random);
      String trouble = epoch(epoch + 1);
      if (!trouble.isEmpty()) {
        return new TuneOutcome.Diverged(trouble, losses);
      }
      if (patience > 0) {
        double loss = loss(held);
        if (loss < best) {
          best = loss;
          since = 0;
          trained.forEach(Trained::keep);
        } else if (++since >= patience) {
          break;
        }
      }
    }
    if (best < Double.POSITIVE_INFINITY) {
      trained.forEach(Trained::restore);
    }
    return finished();
  }

  /** What went wrong in the epoch; empty where nothing did. */
  private String epoch(int epoch) {
    double loss = 0;
    double weight = 0;
    int perStep = Math.multiplyExact(settings.batch(), settings.refinements().accumulation());
    int inEpoch = 0;
    for (int from = 0; from < rows.length; from += perStep) {
      inEpoch++;
      int end = Math.min(rows.length, from + perStep);
      double stepWeight = weightOf(from, end);
      double stepLoss = 0;
      trained.forEach(one -> Arrays.fill(one.gradient, 0));
      for (int at = from; at < end; at += settings.batch()) {
        if (cancelled.getAsBoolean()) {
          throw new CancellationException("tuning was cancelled in epoch " + epoch);
        }
        int count = Math.min(settings.batch(), end - at);
        float batchLoss = runner.run(set, rows, at, count, settings.refinements().smoothing());
        double share = weightOf(at, at + count) / stepWeight;
        stepLoss += batchLoss * share;
        trained.forEach(one -> one.gather(runner, (float) share));
      }
      double norm = gradientNorm();
      if (!Double.isFinite(stepLoss) || !Double.isFinite(norm)) {
        return "the loss was %s and its gradient's norm %s at step %d of epoch %d"
            .formatted(stepLoss, norm, inEpoch, epoch);
      }
      first = step == 0 ? stepLoss : first;
      loss += stepLoss * stepWeight;
      weight += stepWeight;
      update(norm, rate.at(step++));
    }
    losses.add(loss / weight);
    return loss / weight > RUNAWAY * Math.max(first, 1)
        ? "the loss rose from %.4f to %.4f by epoch %d".formatted(first, loss / weight, epoch)
        : "";
  }

  private double loss(TrainingSet held) {
    int[] all = inOrder(held.size());
    double loss = 0;
    double weight = 0;
    for (int from = 0; from < all.length; from += runner.maxBatch()) {
      int count = Math.min(runner.maxBatch(), all.length - from);
      double batchWeight = 0;
      for (int i = from; i < from + count; i++) {
        batchWeight += held.weights()[i];
      }
      loss += runner.run(held, all, from, count, 0) * batchWeight;
      weight += batchWeight;
    }
    return loss / weight;
  }

  private TuneOutcome finished() {
    Map<String, float[]> weights = new LinkedHashMap<>();
    for (Trained weight : trained) {
      for (float value : weight.values) {
        if (!Float.isFinite(value)) {
          return new TuneOutcome.Diverged(
              "weight '" + weight.name + "' ended with a value that is not finite", losses);
        }
      }
      weights.put(weight.name, weight.values);
    }
    return new TuneOutcome.Tuned(weights, losses);
  }

  private double gradientNorm() {
    double square = 0;
    for (Trained weight : trained) {
      for (float value : weight.gradient) {
        square += (double) value * value;
      }
    }
    return Math.sqrt(square);
  }

  private void update(double norm, double learningRate) {
    float scale = norm > settings.clip() ? (float) (settings.clip() / norm) : 1;
    boolean warm = settings.start() == TuneSettings.Start.WARM;
    double pull = warm ? settings.refinements().pull() : 0;
    for (Trained weight : trained) {
      weight.adam.step(weight.values, weight.gradient, scale, learningRate, weight.start, pull);
      runner.setWeight(weight.name, weight.values);
    }
  }

  private double weightOf(int from, int end) {
    double weight = 0;
    for (int i = from; i < end; i++) {
      weight += set.weights()[rows[i]];
    }
    return weight;
  }

  private static int[] inOrder(int size) {
    int[] rows = new int[size];
    for (int i = 0; i < size; i++) {
      rows[i] = i;
    }
    return rows;
  }

  /** Fisher and Yates. */
  private static void shuffle(int[] rows, Random random) {
    for (int i = rows.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int row = rows[i];
      rows[i] = rows[j];
      rows[j] = row;
    }
  }

  /** A weight, its last gradient and its optimiser. */
  private static final class Trained {
    final String name;
    final float[] start;
    final float[] values;
    final float[] gradient;
    final float[] part;
    final float[] best;
    final AdamW adam;

    Trained(TrainedWeight weight, float[] start, TuneSettings settings) {
      int size = Tensors.size(weight.dims());
      if (start.length != size) {
        throw new IllegalArgumentException(
            "weight '%s' starts with %d values of %d".formatted(weight.name(), start.length, size));
      }
      this.name = weight.name();
      this.start = start;
      this.values = start.clone();
      this.gradient = new float[size];
      this.part = new float[size];
      this.best = new float[settings.refinements().patience() > 0 ? size : 0];
      boolean bias = weight.dims().length < 2;
      this.adam = new AdamW(size, settings, bias ? 0 : settings.weightDecay());
    }

    void gather(StepRunner runner, float share) {
      runner.gradient(name, part);
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] += share * part[i];
      }
    }

    void keep() {
      System.arraycopy(values, 0, best, 0, values.length);
    }

    void restore() {
      System.arraycopy(best, 0, values, 0, values.length);
    }
  }
}
