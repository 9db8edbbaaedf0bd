package io.headwater.ops.models;

import io.headwater.model.featurise.FeatureBinding;
import io.headwater.model.featurise.Statistics;
import io.headwater.model.onnx.FeatureBinder;
import io.headwater.model.onnx.ImportRequest;
import io.headwater.model.onnx.ModelImport;
import io.headwater.model.onnx.Thresholds;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.OrtRunner;
import java.util.List;

/**
 * Imports a network as it is, with its own last layers, for a pipeline whose features need neither
 * a tokenizer nor statistics.
 */
public final class PlainImport {
  private PlainImport() {}

  /**
   * A trained version, cut before each block.
   *
   * @param trainable how many trailing segments are to be fine-tuned
   * @throws IllegalArgumentException where the network or the pipeline's features don't fit
   */
  public static ModelPackage of(Pipeline pipeline, String name, byte[] onnx, int trainable) {
    FeatureBinder binder =
        inputs ->
            new FeatureBinder.Bound(
                FeatureBinding.bind(pipeline, inputs, null, Statistics.none()), List.of());
    ImportRequest request =
        new ImportRequest(
            pipeline.name(),
            name,
            pipeline.labels(),
            Thresholds.of(pipeline, pipeline.labels()),
            List.of(),
            pipeline.scores().scoreOutput(),
            null,
            trainable,
            0,
            null,
            pipeline.scores().embeddingOutput(),
            pipeline.regression() != null);
    return ModelImport.of(onnx, request, binder, new OrtRunner()).version();
  }
}
