package io.headwater.trainer.tune;

import io.headwater.model.runtime.Crossing;
import io.headwater.trainer.gradient.Tensors;
import io.headwater.trainer.gradient.TrainingGraph.TrainedWeight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** One descent of a training graph's weights over a set of examples, epoch by epoch. */
final class Descent {
  /** An epoch whose loss exceeds the first step's by this factor counts as divergence. */
  private static final double RUNAWAY = 10;

  /** A power of 2. */
  private static final int SUMS = 8;

  private final StepRunner runner;
  private final TrainingSet set;
  private final TuneSettings settings;
  private final BooleanSupplier cancelled;
  private final List<Trained> trained = new ArrayList<>();
  private final List<Double> losses = new ArrayList<>();
  private final Random random;
  private final LearningRate rate;
  private final int[] rows;
  private final Map<Crossing.Shape, Integer> shapes = new HashMap<>();
  private double first = Double.NaN;
  private long step;

  Descent(
      StepRunner runner,
      HeadGraph head,
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
      boolean deep = head.backbone().contains(weight.name());
      double factor = deep ? settings.refinements().segmentRate() : 1;
      float[] values = start.getOrDefault(weight.name(), new float[0]);
      trained.add(new Trained(weight, values, factor, settings));
    }
    trained.forEach(weight -> runner.setWeight(weight.name, weight.values));
    long perStep = (long) settings.batch() * settings.refinements().accumulation();
    long steps = (set.size() + perStep - 1) / perStep * settings.epochs();
    this.rate = new LearningRate(peak(), (long) (settings.warmUp() * steps), steps);
  }

  /**
   * Fewer examples than a batch tell less about where to go: from weights that serve already, each
   * step is as much shorter (the linear scaling rule: Goyal et al., Accurate, Large Minibatch SGD,
   * 2017).
   */
  private double peak() {
    boolean warm = settings.start().isWarm();
    double filled = Math.min(1, (double) set.size() / settings.batch());
    return settings.learningRate() * (warm ? filled : 1);
  }

  /**
   * Descends.
   *
   * @param held examples whose loss decides when to stop; unused without patience
   */
  TuneOutcome run(TrainingSet held) {
    set.shapes().forEach(this::ordinal);
    held.shapes().forEach(this::ordinal);
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
      boolean fresh = true;
      for (int at = from; at < end; at += settings.batch()) {
        if (cancelled.getAsBoolean()) {
          throw new CancellationException("tuning was cancelled in epoch " + epoch);
        }
        int batchEnd = Math.min(end, at + settings.batch());
        group(set, rows, at, batchEnd);
        for (int one = at; one < batchEnd; ) {
          int count = ofOneShape(set, rows, one, batchEnd);
          float partLoss = runner.run(set, rows, one, count, settings.refinements().smoothing());
          double share = weightOf(one, one + count) / stepWeight;
          stepLoss += partLoss * share;
          for (Trained part : trained) {
            part.gather(runner, (float) share, fresh);
          }
          fresh = false;
          one += count;
        }
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
    group(held, all, 0, all.length);
    double loss = 0;
    double weight = 0;
    int count;
    for (int from = 0; from < all.length; from += count) {
      count = Math.min(runner.maxBatch(), ofOneShape(held, all, from, all.length));
      double batchWeight = 0;
      for (int i = from; i < from + count; i++) {
        batchWeight += held.weights()[i];
      }
      loss += runner.run(held, all, from, count, 0) * batchWeight;
      weight += batchWeight;
    }
    return loss / weight;
  }

  /** Brings rows of one shape together, each shape in the order that it had. */
  private void group(TrainingSet of, int[] order, int from, int end) {
    if (shapes.size() < 2) {
      return;
    }
    int[] grouped =
        IntStream.range(from, end)
            .mapToObj(i -> order[i])
            .sorted(Comparator.comparingInt(row -> ordinal(of.shapes().get(row))))
            .mapToInt(Integer::intValue)
            .toArray();
    System.arraycopy(grouped, 0, order, from, grouped.length);
  }

  private int ordinal(Crossing.Shape shape) {
    int next = shapes.size();
    return shapes.computeIfAbsent(shape, unseen -> next);
  }

  private static int ofOneShape(TrainingSet of, int[] order, int from, int end) {
    Crossing.Shape shape = of.shapes().get(order[from]);
    int count = 1;
    while (from + count < end && of.shapes().get(order[from + count]).equals(shape)) {
      count++;
    }
    return count;
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
      square += squares(weight.gradient);
    }
    return Math.sqrt(square);
  }

  /** In sums side by side: one alone would wait for each addition before the next. */
  private static double squares(float[] values) {
    double[] sums = new double[SUMS];
    for (int i = 0; i < values.length; i++) {
      sums[i & (SUMS - 1)] += (double) values[i] * values[i];
    }
    double sum = 0;
    for (double part : sums) {
      sum += part;
    }
    return sum;
  }

  private void update(double norm, double learningRate) {
    float scale = norm > settings.clip() ? (float) (settings.clip() / norm) : 1;
    boolean warm = settings.start().isWarm();
    double pull = warm ? settings.refinements().pull() : 0;
    for (Trained weight : trained) {
      double own = learningRate * weight.factor;
      weight.adam.step(weight.values, weight.gradient, scale, own, weight.start, pull);
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
    final double factor;
    final float[] start;
    final float[] values;
    final float[] gradient;
    final float[] part;
    final float[] best;
    final AdamW adam;

    Trained(TrainedWeight weight, float[] start, double factor, TuneSettings settings) {
      int size = Tensors.size(weight.dims());
      if (start.length != size) {
        throw new IllegalArgumentException(
            "weight '%s' starts with %d values of %d".formatted(weight.name(), start.length, size));
      }
      this.name = weight.name();
      this.factor = factor;
      this.start = start;
      this.values = start.clone();
      this.gradient = new float[size];
      this.part = new float[size];
      this.best = new float[settings.refinements().patience() > 0 ? size : 0];
      boolean bias = weight.dims().length < 2;
      this.adam = new AdamW(size, settings, bias ? 0 : settings.weightDecay());
    }

    /**
     * Takes the gradient that the last run left.
     *
     * @param share of it in the step's
     * @param fresh whether it is the step's first
     */
    void gather(StepRunner runner, float share, boolean fresh) {
      if (fresh && share == 1) {
        runner.gradient(name, gradient);
        return;
      }
      if (fresh) {
        Arrays.fill(gradient, 0);
      }
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
