package io.headwater.trainer.tune;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.headwater.trainer.gradient.CurrentForm;
import io.headwater.trainer.gradient.Loss;
import io.headwater.trainer.gradient.Shapes;
import io.headwater.trainer.gradient.TrainingGraph;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Tunes a head on activations by AdamW.
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
    Loss loss = settings.refinements().loss();
    TrainingSet set =
        settings.balanced() && examples.targets() instanceof Targets.Classes
            ? examples.balanced()
            : examples;
    Map<String, float[]> weights =
        switch (settings.start()) {
          case WARM -> head.weights();
          case SCRATCH -> FreshWeights.draw(head, settings.seed());
        };
    String output = loss.classifies() ? head.logits() : head.scores(loss);
    ModelProto current = CurrentForm.of(head.model());
    Shapes shapes =
        ShapeProbe.of(
            current,
            Map.of(head.input(), head.batch(2, set.width())),
            Map.of(head.input(), head.batch(3, set.width())));
    int outputs = outputs(shapes, output, loss);
    TrainingGraph graph = TrainingGraph.of(current, shapes, output, weights.keySet(), loss);
    int batch = Math.min(settings.batch(), set.size());
    try (StepRunner runner = new StepRunner(graph, head, set.width(), outputs, batch)) {
      return new Descent(runner, weights, set, settings, cancelled).run(held);
    }
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
