package io.headwater.model.onnx;

import static io.headwater.model.onnx.ToyEncoder.node;
import static io.headwater.model.onnx.ToyEncoder.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.headwater.model.runtime.OrtRunner;
import io.headwater.schemas.OutputKind;
import io.headwater.schemas.Segment;
import io.headwater.schemas.TensorSpec;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ModelImportTest {
  private static final GraphRunner RUNNER = new OrtRunner();
  private static final FeatureBinder NONE = inputs -> new FeatureBinder.Bound(List.of(), List.of());

  @Test
  void import_mlp_isCutBeforeEachLayerAndAnswersAsBefore() {
    byte[] mlp = mlp("batch");
    Imported imported = ModelImport.of(mlp, ImportRequest.asIs("mlp"), NONE, RUNNER);
    List<Segment> segments = imported.version().manifest().getSegments();
    assertThat(segments).extracting(Segment::getName).containsExactly("block-0", "block-1", "head");
    assertThat(segments).extracting(Segment::getTrainable).containsExactly(false, false, true);
    assertThat(segments.get(2).getInputs())
        .containsExactly(new TensorSpec("r2", "float", List.of(-1L, 6L)));
    assertThat(imported.version().manifest().getTrained()).isTrue();
    agrees(mlp, imported);
  }

  @Test
  void import_batchOfOne_isFreed() {
    byte[] mlp = mlp(1);
    Imported imported = ModelImport.of(mlp, ImportRequest.asIs("mlp"), NONE, RUNNER);
    assertThat(imported.notes()).anyMatch(note -> note.contains("freed"));
    assertThat(imported.version().manifest().getSegments().get(0).getInputs().get(0).getDims())
        .containsExactly(-1L, 5L);
    agrees(mlp, imported);
  }

  @Test
  void import_residualCnnOfConstantNodes_isCutAroundTheResidualAndPooledUnderANewHead() {
    byte[] cnn = cnn();
    Imported plain = ModelImport.of(cnn, ImportRequest.asIs("cnn"), NONE, RUNNER);
    List<Segment> segments = plain.version().manifest().getSegments();
    assertThat(segments).hasSize(2);
    assertThat(segments.get(1).getInputs()).extracting(TensorSpec::getName).containsExactly("c1");
    assertThat(segments.get(1).getWeights()).isNotEmpty();
    agrees(cnn, plain);

    Imported headed =
        ModelImport.of(cnn, headed(List.of("cat", "dog", "fox"), 8, null), NONE, RUNNER);
    Segment head = headed.version().manifest().getSegments().get(2);
    assertThat(head.getInputs().get(0).getDims()).containsExactly(-1L, 4L);
    assertThat(headed.version().manifest().getOutput()).isEqualTo(OutputKind.LOGITS);
    assertThat(headed.version().manifest().getTrained()).isFalse();
  }

  @Test
  void import_cutWhereTheResidualCrosses_isRefusedNamingIt() {
    ImportRequest request =
        new ImportRequest("p", "cnn", List.of(), List.of(), List.of("r1"), null, null, 1, 0, null);
    assertThatThrownBy(() -> ModelImport.of(cnn(), request, NONE, RUNNER))
        .hasMessageContaining("'r1' is no place to cut")
        .hasMessageContaining("c1");
  }

  @Test
  void import_labelsThatTheAnswerDoesNotHave_isRefusedWithTheMend() {
    ImportRequest request =
        new ImportRequest(
            "p", "m", List.of("a", "b", "c"), List.of(), List.of(), null, null, 1, 0, null);
    assertThatThrownBy(() -> ModelImport.of(mlp("batch"), request, NONE, RUNNER))
        .hasMessageContaining("--head linear");
  }

  @Test
  void import_eventsThatChangeEachOthersAnswers_isRefused() {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("mixing")
            .addInput(value("x", DataType.FLOAT, "batch", 5))
            .addOutput(value("y", DataType.FLOAT, "batch", 5));
    weight(graph, "w", 5, 5);
    graph.addNode(node("MatMul", "h", "x", "w"));
    graph.addNode(
        node("Softmax", "y", "h")
            .addAttribute(
                AttributeProto.newBuilder().setName("axis").setType(AttributeType.INT).setI(0)));
    byte[] bytes = bytes(graph);
    assertThatThrownBy(() -> ModelImport.of(bytes, ImportRequest.asIs("m"), NONE, RUNNER))
        .hasMessageContaining("change each other's answers");
  }

  private static void agrees(byte[] original, Imported imported) {
    ModelComparison comparison = ModelComparison.of(original, imported, 8, RUNNER);
    assertThat(comparison.exported()).isLessThanOrEqualTo(1e-5);
    assertThat(comparison.chained()).isLessThanOrEqualTo(1e-5);
  }

  private static ImportRequest headed(List<String> labels, int hidden, String output) {
    return new ImportRequest(
        "p",
        "m",
        labels,
        List.of(),
        List.of(),
        output,
        new ImportRequest.NewHead(hidden, HeadInput.STANDARDISED),
        1,
        7,
        null);
  }

  private static byte[] mlp(Object batch) {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("mlp")
            .addInput(value("x", DataType.FLOAT, batch, 5))
            .addOutput(value("y", DataType.FLOAT, batch, 2));
    weight(graph, "w1", 5, 8);
    weight(graph, "w2", 8, 6);
    weight(graph, "w3", 6, 2);
    graph.addInitializer(Tensors.longs("shape", 1, 8));
    graph.addNode(node("MatMul", "h1", "x", "w1"));
    graph.addNode(node("Relu", "r1", "h1"));
    graph.addNode(
        batch instanceof Integer
            ? node("Reshape", "s1", "r1", "shape")
            : node("Identity", "s1", "r1"));
    graph.addNode(node("MatMul", "h2", "s1", "w2"));
    graph.addNode(node("Relu", "r2", "h2"));
    graph.addNode(node("MatMul", "y", "r2", "w3"));
    return bytes(graph);
  }

  private static byte[] cnn() {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("cnn")
            .addInput(value("x", DataType.FLOAT, "batch", 3, "height", "width"))
            .addOutput(value("y", DataType.FLOAT, "batch", 4, "h", "w"));
    constant(graph, "k1", 4, 3, 3, 3);
    constant(graph, "k2", 4, 4, 1, 1);
    constant(graph, "k3", 4, 4, 1, 1);
    graph.addNode(node("Conv", "c1", "x", "k1"));
    graph.addNode(node("Conv", "c2", "c1", "k2"));
    graph.addNode(node("Relu", "r1", "c2"));
    graph.addNode(node("Conv", "c3", "r1", "k3"));
    graph.addNode(node("Add", "y", "c1", "c3"));
    return bytes(graph);
  }

  private static void weight(GraphProto.Builder graph, String name, int... dims) {
    graph.addInitializer(random(name, dims));
  }

  private static void constant(GraphProto.Builder graph, String name, int... dims) {
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType("Constant")
            .addOutput(name)
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("value")
                    .setType(AttributeType.TENSOR)
                    .setT(random(name, dims))));
  }

  private static TensorProto random(String name, int... dims) {
    int size = 1;
    long[] shape = new long[dims.length];
    for (int i = 0; i < dims.length; i++) {
      size *= dims[i];
      shape[i] = dims[i];
    }
    Random random = new Random(name.hashCode());
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian() / 2;
    }
    return Tensors.floats(name, values, shape);
  }

  private static byte[] bytes(GraphProto.Builder graph) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
        .setGraph(graph)
        .build()
        .toByteArray();
  }
}
