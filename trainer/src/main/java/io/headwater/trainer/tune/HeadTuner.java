package io.headwater.trainer.tune;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.headwater.model.runtime.Crossing;
import io.headwater.trainer.gradient.CurrentForm;
import io.headwater.trainer.gradient.Loss;
import io.headwater.trainer.gradient.Shapes;
import io.headwater.trainer.gradient.TrainingGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.LongBinaryOperator;

/**
 * Tunes the last segments of a version on what crosses to them, by AdamW.
 *
 * <p>The same head, set and settings give the same weights bit for bit on one instruction set and
 * runtime version. Runs on the calling thread alone.
 */
public final class HeadTuner {
  private HeadTuner() {}

  /** Tunes without a way to cancel. */
  public static TuneOutcome tune(HeadGraph head, TrainingSet set, TuneSettings settings) {
    return tune(head, set, settings, () -> false);
  }

  /** Tunes to the last epoch. */
  public static TuneOutcome tune(
      HeadGraph head, TrainingSet examples, TuneSettings settings, BooleanSupplier cancelled) {
    return tune(head, examples, examples, settings, cancelled);
  }

  /**
   * Tunes a head.
   *
   * @param head gives the graph, and where the start is warm the first weights
   * @param examples at least one
   * @param held examples that the settings' patience looks at, at least one where it has any
   * @param cancelled asked before each step
   * @throws CancellationException soon after {@code cancelled} answered true
   * @throws io.headwater.trainer.gradient.GradientException where the graph has no gradient
   */
  public static TuneOutcome tune(
      HeadGraph head,
      TrainingSet examples,
      TrainingSet held,
      TuneSettings settings,
      BooleanSupplier cancelled) {
    if (examples.size() == 0 || held.size() == 0) {
      throw new IllegalArgumentException("there are no examples to tune on");
    }
    Loss loss = head.loss(settings.refinements().loss());
    TrainingSet set =
        settings.balanced() && examples.targets() instanceof Targets.Classes
            ? examples.balanced()
            : examples;
    set = weighted(set, settings.refinements().classWeights());
    Map<String, float[]> weights = head.weights();
    switch (settings.start()) {
      case WARM -> {}
      case CALIBRATED -> weights.putAll(CalibratedStart.weights(head, set));
      case SCRATCH -> weights.putAll(FreshWeights.draw(head, settings.seed()));
    }
    String output = head.judged(loss);
    ModelProto current = CurrentForm.of(head.model());
    Shapes shapes = shapes(head, current, examples, held);
    int outputs = outputs(shapes, output, loss);
    TrainingGraph graph = TrainingGraph.of(current, shapes, output, weights.keySet(), loss);
    int batch = Math.min(settings.batch(), set.size());
    int width = Math.max(set.width(), held.width());
    try (StepRunner runner = new StepRunner(graph, head, width, outputs, batch)) {
      return new Descent(runner, head, weights, set, settings, cancelled).run(held);
    }
  }

  private static TrainingSet weighted(TrainingSet set, List<Double> byClass) {
    if (byClass.isEmpty()) {
      return set;
    }
    float[] weights = new float[byClass.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = byClass.get(i).floatValue();
    }
    return set.weighted(weights);
  }

  /**
   * Of two batches of different size, the one of the smallest rows and the other of the largest.
   */
  private static Shapes shapes(
      HeadGraph head, ModelProto model, TrainingSet examples, TrainingSet held) {
    Set<Crossing.Shape> seen = new LinkedHashSet<>(examples.shapes());
    seen.addAll(held.shapes());
    return ShapeProbe.of(
        model,
        named(head, head.dims(extreme(seen, Math::min), 2)),
        named(head, head.dims(extreme(seen, Math::max), 3)));
  }

  private static Crossing.Shape extreme(Set<Crossing.Shape> shapes, LongBinaryOperator choose) {
    Iterator<Crossing.Shape> each = shapes.iterator();
    List<List<Long>> extreme = new ArrayList<>(each.next().inputs());
    while (each.hasNext()) {
      List<List<Long>> other = each.next().inputs();
      for (int i = 0; i < extreme.size(); i++) {
        List<Long> axes = new ArrayList<>();
        for (int axis = 0; axis < extreme.get(i).size(); axis++) {
          axes.add(choose.applyAsLong(extreme.get(i).get(axis), other.get(i).get(axis)));
        }
        extreme.set(i, axes);
      }
    }
    return new Crossing.Shape(extreme);
  }

  private static Map<String, long[]> named(HeadGraph head, List<long[]> dims) {
    Map<String, long[]> named = new HashMap<>();
    for (int i = 0; i < dims.size(); i++) {
      named.put(head.inputs().get(i), dims.get(i));
    }
    return named;
  }

  private static int outputs(Shapes shapes, String output, Loss loss) {
    long[] shape = shapes.dims().getOrDefault(output, new long[0]);
    int least = loss.classifies() ? 2 : 1;
    if (shape.length != 2 || shape[0] != Shapes.FREE || shape[1] < least) {
      throw new IllegalArgumentException(
          "the head's value '%s' must have the shape [batch, %s]"
              .formatted(output, loss.classifies() ? "classes" : "outputs"));
    }
    return Math.toIntExact(shape[1]);
  }
}
