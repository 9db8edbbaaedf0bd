package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.FeatureSpec;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.schemas.serde.WireFormat;
import io.headwater.schemas.topics.PipelineTopics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A sentence encoder of one embedding table, with a tokenizer of eight words. */
public final class ToyEncoder {
  public static final int WIDTH = 4;
  public static final int VOCABULARY = 8;

  /** Row t of the table is t + 1, -t, t / 2, 1. */
  public static final float[] TABLE = table();

  /** How the encoder is written down. */
  public record Form(int opset, boolean constantNode, List<String> inputs) {}

  public static final Form PLAIN =
      new Form(11, false, List.of("input_ids", "attention_mask", "token_type_ids"));

  private ToyEncoder() {}

  public static ModelPackage packaged(int hidden) {
    return TransferImport.sentenceEncoder(
        pipeline(hidden, Map.of()), "toy", bytes(PLAIN), tokenizer(), 7, HeadInput.AS_IS);
  }

  public static byte[] bytes(Form form) {
    return model(form).build().toByteArray();
  }

  static ModelProto.Builder model(Form form) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("toy");
    form.inputs().forEach(name -> graph.addInput(value(name, DataType.INT64, "batch", "tokens")));
    TensorProto table = Tensors.floats("embeddings", TABLE, VOCABULARY, WIDTH);
    if (form.constantNode()) {
      graph.addNode(
          NodeProto.newBuilder()
              .setOpType("Constant")
              .addOutput("embeddings")
              .addAttribute(
                  AttributeProto.newBuilder()
                      .setName("value")
                      .setType(AttributeType.TENSOR)
                      .setT(table)));
    } else {
      graph.addInitializer(table);
    }
    graph.addInitializer(Tensors.floats("dead", new float[] {1, 2}, 2));
    graph.addNode(node("Gather", "hidden", "embeddings", form.inputs().get(0)));
    graph.addNode(node("Relu", "unused", "dead"));
    graph.addOutput(value("hidden", DataType.FLOAT, "batch", "tokens", WIDTH));
    return ModelProto.newBuilder()
        .setIrVersion(6)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(form.opset()))
        .setGraph(graph);
  }

  /** Knows [PAD] [UNK] [CLS] [SEP] good bad very film. */
  public static byte[] tokenizer() {
    return """
        {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
         "normalizer": null, "pre_tokenizer": {"type": "Whitespace"},
         "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
         "decoder": null,
         "model": {"type": "WordLevel", "unk_token": "[UNK]", "vocab": {
           "[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3,
           "good": 4, "bad": 5, "very": 6, "film": 7}}}
        """
        .getBytes(StandardCharsets.UTF_8);
  }

  public static Pipeline pipeline(int hidden, Map<String, Double> thresholds) {
    return new Pipeline(
        new PipelineTopics("toy"),
        new Pipeline.Wire(WireFormat.JSON, null, 1, 1),
        new Pipeline.Event(
            "id",
            "$timestamp",
            Duration.ofDays(1),
            Duration.ofHours(1),
            Pipeline.OutOfBounds.DEAD_LETTER,
            1 << 20),
        new Pipeline.Model("toy", hidden),
        List.of(new FeatureSpec.Text("text", List.of("text"), 16)),
        List.of("bad", "good"),
        thresholds,
        new Pipeline.Feedback(Duration.ofDays(1), false),
        new Pipeline.Training(100, 1000, 100, 100, 1, 32, 0.01, 0, 7),
        new Pipeline.Rollout(Pipeline.Gates.HOLDOUT, 0));
  }

  static NodeProto.Builder node(String type, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(type)
        .setName(output)
        .addAllInput(List.of(inputs))
        .addOutput(output);
  }

  static ValueInfoProto value(String name, DataType type, Object... dims) {
    TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(type.getNumber());
    for (Object dim : dims) {
      if (dim instanceof Integer size) {
        tensor.getShapeBuilder().addDimBuilder().setDimValue(size);
      } else {
        tensor.getShapeBuilder().addDimBuilder().setDimParam(dim.toString());
      }
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  private static float[] table() {
    float[] table = new float[VOCABULARY * WIDTH];
    for (int t = 0; t < VOCABULARY; t++) {
      table[t * WIDTH] = t + 1;
      table[t * WIDTH + 1] = -t;
      table[t * WIDTH + 2] = t / 2f;
      table[t * WIDTH + 3] = 1;
    }
    return table;
  }
}
