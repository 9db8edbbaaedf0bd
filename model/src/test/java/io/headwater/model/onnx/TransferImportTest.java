package io.headwater.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.headwater.model.onnx.ToyEncoder.Form;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.Manifests;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.pack.TensorBytes;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Segment;
import io.headwater.schemas.TextFeature;
import io.headwater.schemas.Threshold;
import io.headwater.schemas.Weight;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TransferImportTest {
  private static final String TABLE = Digest.of(TensorBytes.of(ToyEncoder.TABLE));

  @Test
  void sentenceEncoder_toy_cutsBackboneAndHead() {
    Manifest manifest = ToyEncoder.packaged(0).manifest();

    Segment backbone = manifest.getSegments().get(0);
    assertThat(backbone.getName()).isEqualTo("backbone");
    assertThat(backbone.getTrainable()).isFalse();
    assertThat(backbone.getWeights()).containsExactly(new Weight("embeddings", TABLE));
    assertThat(backbone.getOutputs().get(0).getName()).isEqualTo("pooled");
    assertThat(backbone.getOutputs().get(0).getDims()).containsExactly(-1L, 4L);
    Segment head = manifest.getSegments().get(1);
    assertThat(head.getTrainable()).isTrue();
    assertThat(head.getInputs()).isEqualTo(backbone.getOutputs());
    assertThat(head.getOutputs().get(0).getName()).isEqualTo("logits");
    assertThat(head.getWeights())
        .extracting(Weight::getName)
        .containsExactly("head.output.weight", "head.output.bias");
    assertThat(manifest.getTrained()).isFalse();
    assertThat(manifest.getBatchInvariant()).isTrue();
    assertThat(Manifests.read(Manifests.canonicalBytes(manifest))).isEqualTo(manifest);
  }

  @Test
  void sentenceEncoder_inputNobodyReads_isNotFed() {
    Segment backbone = ToyEncoder.packaged(0).manifest().getSegments().get(0);

    assertThat(backbone.getInputs())
        .extracting(input -> input.getName())
        .containsExactly("input_ids", "attention_mask");
  }

  @Test
  void sentenceEncoder_weightInConstantNode_liftsTheSameBlob() {
    Form form = new Form(11, true, ToyEncoder.PLAIN.inputs());

    Segment backbone = imported(ToyEncoder.bytes(form)).manifest().getSegments().get(0);

    assertThat(backbone.getWeights()).containsExactly(new Weight("embeddings", TABLE));
  }

  @Test
  void sentenceEncoder_sameSeed_givesTheSameVersionAndAnotherSeedAnother() {
    byte[] encoder = ToyEncoder.bytes(ToyEncoder.PLAIN);

    assertThat(imported(encoder, 1).version()).isEqualTo(imported(encoder, 1).version());
    assertThat(imported(encoder, 1).version()).isNotEqualTo(imported(encoder, 2).version());
    assertThat(Segments.prefixDigest(imported(encoder, 1).manifest()))
        .isEqualTo(Segments.prefixDigest(imported(encoder, 2).manifest()));
  }

  @Test
  void sentenceEncoder_hiddenLayer_hasFourWeights() {
    Segment head = ToyEncoder.packaged(3).manifest().getSegments().get(1);

    assertThat(head.getWeights())
        .extracting(Weight::getName)
        .containsExactly(
            "head.hidden.weight", "head.hidden.bias", "head.output.weight", "head.output.bias");
  }

  @Test
  void sentenceEncoder_unknownInputNames_takesThemByPosition() {
    Form form = new Form(13, false, List.of("a", "b", "c"));

    TextFeature feature =
        (TextFeature) imported(ToyEncoder.bytes(form)).manifest().getFeatures().get(0).getSpec();

    assertThat(feature.getIdsInput()).isEqualTo("a");
    assertThat(feature.getMaskInput()).isEqualTo("b");
  }

  @Test
  void sentenceEncoder_noMask_namesIt() {
    Form form = new Form(11, false, List.of("input_ids"));

    assertThatThrownBy(() -> imported(ToyEncoder.bytes(form)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("attention mask")
        .hasMessageContaining("[input_ids]");
  }

  @Test
  void sentenceEncoder_furtherInput_namesIt() {
    Form form = new Form(11, false, List.of("input_ids", "attention_mask", "position_ids"));

    assertThatThrownBy(() -> imported(ToyEncoder.bytes(form)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("position_ids");
  }

  @Test
  void sentenceEncoder_inputOfAnotherType_namesIt() {
    ModelProto.Builder model = ToyEncoder.model(ToyEncoder.PLAIN);
    model
        .getGraphBuilder()
        .setInput(1, ToyEncoder.value("attention_mask", DataType.FLOAT, "batch", "tokens"));

    assertThatThrownBy(() -> imported(model.build().toByteArray()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'attention_mask' is float");
  }

  @Test
  void sentenceEncoder_unknownWidth_namesTheOutput() {
    ModelProto.Builder model = ToyEncoder.model(ToyEncoder.PLAIN);
    model
        .getGraphBuilder()
        .setOutput(0, ToyEncoder.value("hidden", DataType.FLOAT, "batch", "tokens", "width"));

    assertThatThrownBy(() -> imported(model.build().toByteArray()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'hidden'");
  }

  @Test
  void sentenceEncoder_dynamicQuantisation_isNotBatchInvariant() {
    ModelProto.Builder model = ToyEncoder.model(ToyEncoder.PLAIN);
    GraphProto.Builder graph = model.getGraphBuilder();
    graph
        .setNode(0, ToyEncoder.node("Gather", "plain", "embeddings", "input_ids"))
        .addNode(
            ToyEncoder.node("DynamicQuantizeLinear", "q", "plain")
                .addOutput("scale")
                .addOutput("zero"))
        .addNode(ToyEncoder.node("DequantizeLinear", "hidden", "q", "scale", "zero"));

    assertThat(imported(model.build().toByteArray()).manifest().getBatchInvariant()).isFalse();
  }

  @Test
  void sentenceEncoder_externalData_refuses() {
    ModelProto.Builder model = ToyEncoder.model(ToyEncoder.PLAIN);
    model
        .getGraphBuilder()
        .getInitializerBuilder(0)
        .clearRawData()
        .setDataLocation(TensorProto.DataLocation.EXTERNAL);

    assertThatThrownBy(() -> imported(model.build().toByteArray()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'embeddings'")
        .hasMessageContaining("another file");
  }

  @Test
  void sentenceEncoder_duplicateInitializer_refuses() {
    ModelProto.Builder model = ToyEncoder.model(ToyEncoder.PLAIN);
    model.getGraphBuilder().addInitializer(Tensors.floats("embeddings", new float[2], 2));

    assertThatThrownBy(() -> imported(model.build().toByteArray()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'embeddings'");
  }

  @Test
  void sentenceEncoder_fewerBytesThanDims_refuses() {
    ModelProto.Builder model = ToyEncoder.model(ToyEncoder.PLAIN);
    model.getGraphBuilder().getInitializerBuilder(0).setDims(0, 9);

    assertThatThrownBy(() -> imported(model.build().toByteArray()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'embeddings'");
  }

  @Test
  void sentenceEncoder_notOnnx_refuses() {
    assertThatThrownBy(() -> imported("no model at all".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not an ONNX model");
  }

  @Test
  void sentenceEncoder_valuesNamedLikeOurs_areLeftAlone() {
    ModelProto.Builder model = ToyEncoder.model(ToyEncoder.PLAIN);
    model
        .getGraphBuilder()
        .setNode(0, ToyEncoder.node("Gather", "pooled", "embeddings", "input_ids"))
        .addNode(ToyEncoder.node("Relu", "hidden", "pooled"));

    Segment head = imported(model.build().toByteArray()).manifest().getSegments().get(1);

    assertThat(head.getInputs().get(0).getName()).isEqualTo("pooled2");
  }

  @Test
  void sentenceEncoder_thresholds_standInLabelOrder() {
    ModelPackage packaged =
        TransferImport.sentenceEncoder(
            ToyEncoder.pipeline(0, Map.of("good", 0.7, "bad", 0.4)),
            "toy",
            ToyEncoder.bytes(ToyEncoder.PLAIN),
            ToyEncoder.tokenizer(),
            1);

    assertThat(packaged.manifest().getThresholds())
        .containsExactly(new Threshold("bad", 0.4), new Threshold("good", 0.7));
  }

  private static ModelPackage imported(byte[] encoder) {
    return imported(encoder, 1);
  }

  private static ModelPackage imported(byte[] encoder, long seed) {
    return TransferImport.sentenceEncoder(
        ToyEncoder.pipeline(0, Map.of()), "toy", encoder, ToyEncoder.tokenizer(), seed);
  }
}
