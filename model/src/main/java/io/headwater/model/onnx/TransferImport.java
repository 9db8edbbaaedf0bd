package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import io.headwater.model.featurise.FeatureBinding;
import io.headwater.model.featurise.Statistics;
import io.headwater.model.pack.BlobMap;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.pipeline.FeatureSpec;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.OutputKind;
import io.headwater.schemas.Setting;
import io.headwater.schemas.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/** Makes an untrained first version: a pre-trained encoder cut at its pooled output, and a head. */
public final class TransferImport {
  private TransferImport() {}

  /** The same as the longer form, with activations of unit length, standardised. */
  public static ModelPackage sentenceEncoder(
      Pipeline pipeline, String name, byte[] encoder, byte[] tokenizer, long seed) {
    return sentenceEncoder(pipeline, name, encoder, tokenizer, seed, HeadInput.STANDARDISED);
  }

  /**
   * Cuts a sentence encoder into a frozen backbone (with masked mean pooling) and a new head.
   *
   * @param encoder bytes of an ONNX model with inputs ids, mask and, maybe, types (int64 [batch,
   *     tokens]) and a first output of hidden states (float [batch, tokens, width])
   * @param tokenizer bytes of its tokenizer.json
   * @param seed of the head's initial weights
   * @param input what the head does to the pooled activations first
   * @throws IllegalArgumentException naming what the model lacks
   */
  public static ModelPackage sentenceEncoder(
      Pipeline pipeline,
      String name,
      byte[] encoder,
      byte[] tokenizer,
      long seed,
      HeadInput input) {
    checkPipeline(pipeline);
    boolean regression = pipeline.regression() != null;
    ModelProto source = ModelReader.parse("encoder '" + name + "'", encoder);
    EncoderInterface taken = EncoderInterface.of(source.getGraph());
    ModelProto backbone = pooled(source, taken);
    TensorSpec tap = Specs.of(backbone.getGraph().getOutput(0));
    ModelProto head =
        HeadGraphs.create(
            Names.unused("head", backbone.getGraph()),
            Names.unused(regression ? "value" : "logits", backbone.getGraph()),
            tap,
            pipeline.model().hidden(),
            regression ? 1 : pipeline.labels().size(),
            input,
            seed,
            ModelReader.opset(backbone));

    SegmentGraphs.Parts frozen = SegmentGraphs.split("backbone", backbone, false);
    SegmentGraphs.Parts trainable = SegmentGraphs.split("head", head, true);
    List<byte[]> blobs = new ArrayList<>(frozen.blobs());
    blobs.addAll(trainable.blobs());
    blobs.add(tokenizer);
    Manifest draft =
        Manifest.newBuilder()
            .setFormat(1)
            .setPipeline(pipeline.name())
            .setModel(name)
            .setSegments(List.of(frozen.segment(), trainable.segment()))
            .setBlobs(List.of())
            .setFeatures(
                FeatureBinding.bind(
                    pipeline,
                    Segments.inputs(List.of(frozen.segment(), trainable.segment())),
                    tokenizer,
                    Statistics.none()))
            .setLabels(pipeline.labels())
            .setOutput(regression ? OutputKind.VALUES : OutputKind.LOGITS)
            .setScored(head.getGraph().getOutput(0).getName())
            .setThresholds(Thresholds.of(pipeline, pipeline.labels()))
            .setTrained(false)
            .setBatchInvariant(BatchAxis.isInvariant(backbone.getGraph()))
            .setLineage(lineage(pipeline, seed, input))
            .setMetrics(List.of())
            .build();
    return ModelPackage.seal(draft, BlobMap.of(blobs));
  }

  private static void checkPipeline(Pipeline pipeline) {
    if (pipeline.features().size() != 1
        || !(pipeline.features().get(0) instanceof FeatureSpec.Text)) {
      throw new IllegalArgumentException(
          "a sentence encoder takes one feature, a text; the pipeline has "
              + pipeline.features().size()
              + " features");
    }
    if (pipeline.regression() == null && pipeline.labels().size() < 2) {
      throw new IllegalArgumentException("a head needs two labels or more");
    }
  }

  /** The encoder with its hidden states averaged over the tokens that the mask keeps. */
  private static ModelProto pooled(ModelProto source, EncoderInterface taken) {
    GraphProto.Builder graph = source.getGraph().toBuilder();
    String tap =
        new Pooling(graph, ModelReader.opset(source))
            .maskedMean(taken.hidden().getName(), taken.mask());
    return source.toBuilder()
        .setIrVersion(Math.max(Lifting.IR_VERSION, source.getIrVersion()))
        .clearTrainingInfo()
        .setGraph(Lifting.lift(graph, Specs.rows(tap, taken.width())))
        .build();
  }

  private static Lineage lineage(Pipeline pipeline, long seed, HeadInput input) {
    return Lineage.newBuilder()
        .setRanges(List.of())
        .setExampleCount(0)
        .setSeed(seed)
        .setSettings(
            List.of(
                new Setting("head.hidden", Integer.toString(pipeline.model().hidden())),
                new Setting("head.input", input.toString())))
        .setRuntime(List.of())
        .setFreeze("head")
        .setFreezeReason("a new head on a pre-trained encoder")
        .build();
  }
}
