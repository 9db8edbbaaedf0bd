package io.headwater.ops.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.featurise.FeatureBinding;
import io.headwater.model.featurise.Statistics;
import io.headwater.model.onnx.FeatureBinder;
import io.headwater.model.onnx.HeadInput;
import io.headwater.model.onnx.ImportRequest;
import io.headwater.model.onnx.ModelImport;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.model.runtime.OrtRunner;
import io.headwater.trainer.LabelledEvent;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A task to transfer a pre-trained model to.
 *
 * @param labels of its events
 * @param features section of a pipeline file that reads its events
 * @param network what is transferred
 * @param source events that stand for what that was trained on
 * @param events labelled, in an order of chance
 */
record FreezeSubject(
    String name,
    List<String> labels,
    String features,
    Network network,
    List<ObjectNode> source,
    List<LabelledEvent> events) {
  /**
   * A pre-trained model.
   *
   * @param output the value that a head reads; null for its first output
   * @param tokenizer bytes of its tokenizer.json; null where it reads no text
   */
  record Network(String name, byte[] onnx, @Nullable String output, byte @Nullable [] tokenizer) {}

  /**
   * The pipeline that trains at a depth.
   *
   * @param rule a value of training.freeze
   */
  Pipeline pipeline(String rule, long seed) {
    return PipelineFile.parse(
        "bench.yaml",
        String.format(
            Locale.ROOT,
            """
            pipeline: bench
            model: { pretrained: %s }
            labels: [%s]
            features:
            %s
            training: { freeze: "%s", seed: %d }
            """,
            network.name(),
            labels.stream().map(label -> '"' + label + '"').collect(Collectors.joining(", ")),
            features.indent(2).stripTrailing(),
            rule,
            seed));
  }

  /** The network cut at every block, under a new linear head. */
  ModelPackage imported() {
    Pipeline pipeline = pipeline("head", 0);
    byte[] tokenizer = network.tokenizer();
    FeatureBinder binder =
        inputs ->
            new FeatureBinder.Bound(
                FeatureBinding.bind(pipeline, inputs, tokenizer, Statistics.none()),
                tokenizer == null ? List.of() : List.of(tokenizer));
    byte[] sample =
        source.stream().map(ObjectNode::toString).collect(Collectors.joining("\n")).getBytes(UTF_8);
    ImportRequest request =
        new ImportRequest(
            pipeline.name(),
            network.name(),
            labels,
            List.of(),
            List.of(),
            network.output(),
            new ImportRequest.NewHead(0, HeadInput.STANDARDISED),
            1,
            pipeline.training().seed(),
            ByteBuffer.wrap(sample));
    return ModelImport.of(network.onnx(), request, binder, new OrtRunner()).version();
  }
}
