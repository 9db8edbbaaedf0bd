package io.headwater.trainer.tune;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.headwater.trainer.gradient.CurrentForm;
import io.headwater.trainer.gradient.Shapes;
import io.headwater.trainer.gradient.Tensors;
import io.headwater.trainer.gradient.TrainingGraph;
import io.headwater.trainer.gradient.TrainingGraph.TrainedWeight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Tunes a head on activations by AdamW.
 *
 * <p>The same head, set and settings give the same weights bit for bit on one instruction set and
 * runtime version. Runs on the calling thread alone.
 */
public final class HeadTuner {
  /** An epoch whose loss exceeds the first step's by this factor counts as divergence. */
  private static final double RUNAWAY = 10;

  private HeadTuner() {}

  /** Tunes without a way to cancel. */
  public static TuneOutcome tune(HeadGraph head, TrainingSet set, TuneSettings settings) {
    return tune(head, set, settings, () -> false);
  }

  /**
   * Tunes a head.
   *
   * @param head gives the graph, and where the start is warm the first weights
   * @param examples at least one
   * @param cancelled asked before each step
   * @throws CancellationException soon after {@code cancelled} answered true
   * @throws io.headwater.trainer.gradient.GradientException where the graph has no gradient
   */
  public static TuneOutcome tune(
      HeadGraph head, TrainingSet examples, TuneSettings settings, BooleanSupplier cancelled) {
    if (examples.size() == 0) {
      throw new IllegalArgumentException("there are no examples to tune on");
    }
    TrainingSet set = settings.balanced() ? examples.balanced() : examples;
    Map<String, float[]> weights =
        switch (settings.start()) {
          case WARM -> head.weights();
          case SCRATCH -> FreshWeights.draw(head, settings.seed());
        };
    ModelProto current = CurrentForm.of(head.model());
    Shapes shapes =
        ShapeProbe.of(
            current,
            Map.of(head.input(), new long[] {2, set.width()}),
            Map.of(head.input(), new long[] {3, set.width()}));
    int classes = classes(shapes, head.logits());
    TrainingGraph graph = TrainingGraph.of(current, shapes, head.logits(), weights.keySet());
    int batch = Math.min(settings.batch(), set.size());
    try (StepRunner runner = new StepRunner(graph, head.input(), set.width(), classes, batch)) {
      return descend(runner, weights, set, settings, cancelled);
    }
  }

  private static int classes(Shapes shapes, String logits) {
    long[] shape = shapes.dims().getOrDefault(logits, new long[0]);
    if (shape.length != 2 || shape[0] != Shapes.FREE || shape[1] < 2) {
      throw new IllegalArgumentException(
          "the head's value '" + logits + "' must have the shape [batch, classes]");
    }
    return Math.toIntExact(shape[1]);
  }

  private static TuneOutcome descend(
      StepRunner runner,
      Map<String, float[]> start,
      TrainingSet set,
      TuneSettings settings,
      BooleanSupplier cancelled) {
    List<Trained> trained = new ArrayList<>();
    for (TrainedWeight weight : runner.trained()) {
      trained.add(new Trained(weight, start.getOrDefault(weight.name(), new float[0]), settings));
    }
    trained.forEach(weight -> runner.setWeight(weight.name, weight.values));

    int size = set.size();
    long perEpoch = (size + settings.batch() - 1L) / settings.batch();
    long steps = perEpoch * settings.epochs();
    LearningRate rate =
        new LearningRate(settings.learningRate(), (long) (settings.warmUp() * steps), steps);
    Random random = new Random(settings.seed());
    int[] rows = new int[size];
    for (int i = 0; i < size; i++) {
      rows[i] = i;
    }
    List<Double> losses = new ArrayList<>();
    double first = Double.NaN;
    long step = 0;
    for (int epoch = 0; epoch < settings.epochs(); epoch++) {
      shuffle(rows, random);
      double loss = 0;
      double weight = 0;
      for (int from = 0; from < size; from += settings.batch()) {
        if (cancelled.getAsBoolean()) {
          throw new CancellationException("tuning was cancelled in epoch " + (epoch + 1));
        }
        int count = Math.min(settings.batch(), size - from);
        float batchLoss = runner.run(set, rows, from, count);
        double norm = gradientNorm(runner, trained);
        if (!Float.isFinite(batchLoss) || !Double.isFinite(norm)) {
          return new TuneOutcome.Diverged(
              "the loss was %s and its gradient's norm %s at step %d of epoch %d"
                  .formatted(batchLoss, norm, step - epoch * perEpoch + 1, epoch + 1),
              losses);
        }
        first = step == 0 ? batchLoss : first;
        double batchWeight = weightOf(set, rows, from, count);
        loss += batchLoss * batchWeight;
        weight += batchWeight;
        update(runner, trained, norm, settings.clip(), rate.at(step++));
      }
      losses.add(loss / weight);
      if (loss / weight > RUNAWAY * Math.max(first, 1)) {
        return new TuneOutcome.Diverged(
            "the loss rose from %.4f to %.4f by epoch %d"
                .formatted(first, loss / weight, epoch + 1),
            losses);
      }
    }
    return finished(trained, losses);
  }

  private static TuneOutcome finished(List<Trained> trained, List<Double> losses) {
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

  private static double gradientNorm(StepRunner runner, List<Trained> trained) {
    double square = 0;
    for (Trained weight : trained) {
      runner.gradient(weight.name, weight.gradient);
      for (float value : weight.gradient) {
        square += (double) value * value;
      }
    }
    return Math.sqrt(square);
  }

  private static void update(
      StepRunner runner, List<Trained> trained, double norm, double clip, double rate) {
    float scale = norm > clip ? (float) (clip / norm) : 1;
    for (Trained weight : trained) {
      weight.adam.step(weight.values, weight.gradient, scale, rate);
      runner.setWeight(weight.name, weight.values);
    }
  }

  private static double weightOf(TrainingSet set, int[] rows, int from, int count) {
    double weight = 0;
    for (int i = from; i < from + count; i++) {
      weight += set.weights()[rows[i]];
    }
    return weight;
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
    final float[] values;
    final float[] gradient;
    final AdamW adam;

    Trained(TrainedWeight weight, float[] start, TuneSettings settings) {
      int size = Tensors.size(weight.dims());
      if (start.length != size) {
        throw new IllegalArgumentException(
            "weight '%s' starts with %d values of %d".formatted(weight.name(), start.length, size));
      }
      this.name = weight.name();
      this.values = start.clone();
      this.gradient = new float[size];
      boolean bias = weight.dims().length < 2;
      this.adam = new AdamW(size, settings, bias ? 0 : settings.weightDecay());
    }
  }
}
