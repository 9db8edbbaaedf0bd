package io.headwater.ops.demo;

import io.headwater.model.onnx.HeadGraphs;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.DecisionRule;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.OutputKind;
import io.headwater.schemas.TensorSpec;
import io.headwater.trainer.tune.FrozenStatistics;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.HeadRunner;
import io.headwater.trainer.tune.HeadTuner;
import io.headwater.trainer.tune.TrainingSet;
import io.headwater.trainer.tune.TuneOutcome;
import io.headwater.trainer.tune.TuneSettings;
import java.util.Arrays;
import java.util.List;

/**
 * Fits heads from fresh weights to what crosses to a version's, with the trainer's own tuner and
 * the pipeline's settings.
 */
record TunedHeads(HeadGraph shape, DecisionRule rule, List<String> labels, TuneSettings settings)
    implements HeadFitter {

  /** Heads like that of a version. */
  static TunedHeads like(ModelPackage version, Pipeline.Training training) {
    return of(
        new HeadGraph(HeadGraphs.read(version), version.manifest().getOutput()), version, training);
  }

  /** Linear heads, as logistic regressions are, on what crosses to a version's head. */
  static TunedHeads linear(ModelPackage version, float[][] source, Pipeline.Training training) {
    Manifest manifest = version.manifest();
    TensorSpec crossing = Segments.last(manifest, 1).get(0).getInputs().get(0);
    HeadGraph head =
        new HeadGraph(
            HeadGraphs.linear(crossing, manifest.getLabels().size(), training.seed()),
            OutputKind.LOGITS);
    return of(head.with(FrozenStatistics.measure(head, source)), version, training);
  }

  private static TunedHeads of(HeadGraph shape, ModelPackage version, Pipeline.Training training) {
    return new TunedHeads(
        shape,
        DecisionRule.of(version.manifest()),
        List.copyOf(version.manifest().getLabels()),
        TuneSettings.of(training, TuneSettings.Start.SCRATCH));
  }

  @Override
  public Fitted fit(float[][] activations, int[] classes) {
    float[] weights = new float[classes.length];
    Arrays.fill(weights, 1);
    TuneOutcome outcome =
        HeadTuner.tune(
            shape,
            new TrainingSet(activations, classes, weights),
            settings,
            () -> Thread.currentThread().isInterrupted());
    if (outcome instanceof TuneOutcome.Tuned tuned) {
      HeadGraph fitted = shape.with(tuned.weights());
      return asked -> decide(HeadRunner.probabilities(fitted, asked));
    }
    throw new IllegalStateException("a head fitted from scratch ran away: " + outcome);
  }

  private int[] decide(float[][] probabilities) {
    return Arrays.stream(probabilities)
        .mapToInt(each -> labels.indexOf(rule.decide(each)))
        .toArray();
  }
}
