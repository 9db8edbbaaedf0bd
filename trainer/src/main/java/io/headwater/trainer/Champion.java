package io.headwater.trainer;

import io.headwater.model.log.PublishedVersion;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.runtime.DecisionRule;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.TensorSpec;
import io.headwater.trainer.replay.ExampleReader;
import io.headwater.trainer.tune.HeadGraph;

/**
 * A version to train from: its head, how it decides and what it reads.
 *
 * @param version its digest
 */
record Champion(
    String version, ModelPackage model, HeadGraph head, DecisionRule rule, ExampleReader examples) {

  static Champion of(PublishedVersion published) {
    return of(published.model());
  }

  /**
   * Reads a version's trainable part.
   *
   * @throws IllegalArgumentException where it has none that can be trained
   */
  static Champion of(ModelPackage model) {
    Manifest manifest = model.manifest();
    return new Champion(
        model.version(),
        model,
        HeadGraph.of(model),
        DecisionRule.of(manifest),
        new ExampleReader(manifest.getLabels(), Segments.prefixDigest(manifest), width(manifest)));
  }

  /** The class that the version's thresholds decide for. */
  int decide(float[] probabilities) {
    return model.manifest().getLabels().indexOf(rule.decide(probabilities));
  }

  private static int width(Manifest manifest) {
    TensorSpec input = Segments.trainable(manifest).get(0).getInputs().get(0);
    if (input.getDims().size() != 2 || input.getDims().get(1) < 1) {
      throw new IllegalArgumentException(
          "the head's input '%s' must be [batch, width]; it is %s"
              .formatted(input.getName(), input.getDims()));
    }
    return Math.toIntExact(input.getDims().get(1));
  }
}
