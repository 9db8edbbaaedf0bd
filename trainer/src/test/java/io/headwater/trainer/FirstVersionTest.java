package io.headwater.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.featurise.FeatureBinding;
import io.headwater.model.featurise.Statistics;
import io.headwater.model.pack.BlobMap;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.pack.TensorBytes;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Metric;
import io.headwater.schemas.OutputKind;
import io.headwater.schemas.Segment;
import io.headwater.schemas.TensorSpec;
import io.headwater.schemas.Weight;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class FirstVersionTest {
  private static final int EVENTS = 120;

  @Test
  void train_tabularPipelineOfSeveralInputs_learns() throws Exception {
    Pipeline pipeline =
        pipeline(
            """
              sums: { type: numeric, input: x, fields: [a, b], log: [b], standardise: true }
              place: { type: categorical, input: x, field: place, vocabulary: [at, ch] }
              code: { type: categorical, input: code, field: code, vocabulary: [u, v], encoding: index }
            """);
    GraphProto.Builder backbone =
        GraphProto.newBuilder()
            .setName("table")
            .addInput(value("x", DataType.FLOAT, 5))
            .addInput(value("code", DataType.INT64, 1))
            .addNode(node("Cast", "number", "code").addAttribute(whole("to", DataType.FLOAT_VALUE)))
            .addNode(node("Concat", "tap", "x", "number").addAttribute(whole("axis", 1)))
            .addOutput(value("tap", DataType.FLOAT, 6));
    Random random = new Random(1);
    List<LabelledEvent> events = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      boolean yes = random.nextBoolean();
      ObjectNode event = JsonNodeFactory.instance.objectNode();
      event.put("a", 100 + (yes ? 5 : -5) + random.nextGaussian());
      event.put("b", Double.toString(random.nextDouble() * 1e6));
      event.put("place", random.nextBoolean() ? "at" : "elsewhere");
      event.put("code", yes ? "u" : "v");
      events.add(new LabelledEvent(event, yes ? "yes" : "no"));
    }

    ModelPackage trained = train(pipeline, backbone, events);

    assertThat(accuracy(trained)).isGreaterThan(0.95);
    events.add(new LabelledEvent(event("a"), "yes"));
    assertThatThrownBy(() -> train(pipeline, backbone, events))
        .hasMessage("event 121 can't be featurised: field 'a' is missing");
  }

  @Test
  void train_imagePipeline_learns() throws Exception {
    Pipeline pipeline = pipeline("  photo: { type: image, field: photo, mean: [0.5] }\n");
    GraphProto.Builder backbone =
        GraphProto.newBuilder()
            .setName("pixels")
            .addInput(value("picture", DataType.FLOAT, 3, 4, 4))
            .addNode(node("Flatten", "tap", "picture"))
            .addOutput(value("tap", DataType.FLOAT, 48));
    Random random = new Random(2);
    List<LabelledEvent> events = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      boolean left = random.nextBoolean();
      events.add(
          new LabelledEvent(event("id").put("photo", photo(left, random)), left ? "yes" : "no"));
    }

    assertThat(accuracy(train(pipeline, backbone, events))).isGreaterThan(0.95);
  }

  /** Bright on the left or on the right, with noise, in a size of its own. */
  private static String photo(boolean left, Random random) throws IOException {
    int size = 6 + random.nextInt(20);
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < size * size; i++) {
      int level = (i % size < size / 2) == left ? 180 : 60;
      image.setRGB(i % size, i / size, (level + random.nextInt(40)) * 0x010101);
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ImageIO.write(image, random.nextBoolean() ? "png" : "jpeg", file);
    return Base64.getEncoder().encodeToString(file.toByteArray());
  }

  private static ModelPackage train(
      Pipeline pipeline, GraphProto.Builder backbone, List<LabelledEvent> events) {
    Statistics statistics =
        Statistics.of(pipeline.features(), events.stream().map(LabelledEvent::event).toList());
    ModelPackage trained =
        FirstVersion.train(
            pipeline, untrained(pipeline, backbone, statistics), events, (done, of) -> {});
    LoadedModel.load(trained).close();
    return trained;
  }

  private static double accuracy(ModelPackage trained) {
    return trained.manifest().getMetrics().stream()
        .filter(metric -> metric.getName().contains("accuracy"))
        .mapToDouble(Metric::getValue)
        .findFirst()
        .orElseThrow();
  }

  private static ModelPackage untrained(
      Pipeline pipeline, GraphProto.Builder backbone, Statistics statistics) {
    int width =
        (int) backbone.getOutput(0).getType().getTensorType().getShape().getDim(1).getDimValue();
    byte[] weight = TensorBytes.of(new float[2 * width]);
    byte[] bias = TensorBytes.of(new float[2]);
    GraphProto.Builder head =
        GraphProto.newBuilder()
            .setName("head")
            .addInput(value("tap", DataType.FLOAT, width))
            .addInitializer(hollow("weight", 2, width))
            .addInitializer(hollow("bias", 2))
            .addNode(
                node("Gemm", "logits", "tap", "weight", "bias").addAttribute(whole("transB", 1)))
            .addOutput(value("logits", DataType.FLOAT, 2));
    byte[] first = model(backbone);
    byte[] last = model(head);
    List<Segment> segments =
        List.of(
            segment("backbone", backbone, first, List.of(), false),
            segment(
                "head",
                head,
                last,
                List.of(
                    new Weight("weight", Digest.of(weight)), new Weight("bias", Digest.of(bias))),
                true));
    Manifest draft =
        Manifest.newBuilder()
            .setFormat(1)
            .setPipeline(pipeline.name())
            .setModel("toy")
            .setSegments(segments)
            .setBlobs(List.of())
            .setFeatures(FeatureBinding.bind(pipeline, Segments.inputs(segments), null, statistics))
            .setLabels(pipeline.labels())
            .setOutput(OutputKind.LOGITS)
            .setScored("logits")
            .setThresholds(List.of())
            .setTrained(false)
            .setBatchInvariant(true)
            .setLineage(
                Lineage.newBuilder()
                    .setRanges(List.of())
                    .setExampleCount(0)
                    .setSeed(1)
                    .setSettings(List.of())
                    .setRuntime(List.of())
                    .setFreeze("head")
                    .setFreezeReason("new")
                    .build())
            .setMetrics(List.of())
            .build();
    return ModelPackage.seal(draft, BlobMap.of(first, last, weight, bias));
  }

  private static Segment segment(
      String name,
      GraphProto.Builder graph,
      byte[] bytes,
      List<Weight> weights,
      boolean trainable) {
    return Segment.newBuilder()
        .setName(name)
        .setGraph(Digest.of(bytes))
        .setWeights(weights)
        .setInputs(graph.getInputList().stream().map(FirstVersionTest::spec).toList())
        .setOutputs(graph.getOutputList().stream().map(FirstVersionTest::spec).toList())
        .setTrainable(trainable)
        .build();
  }

  private static TensorSpec spec(ValueInfoProto value) {
    TypeProto.Tensor tensor = value.getType().getTensorType();
    return new TensorSpec(
        value.getName(),
        tensor.getElemType() == DataType.FLOAT_VALUE ? "float" : "int64",
        tensor.getShape().getDimList().stream()
            .map(dim -> dim.hasDimValue() ? dim.getDimValue() : -1)
            .toList());
  }

  private static byte[] model(GraphProto.Builder graph) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(18))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  private static TensorProto hollow(String name, long... dims) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(DataType.FLOAT_VALUE);
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return tensor.build();
  }

  private static ValueInfoProto value(String name, DataType type, long... dims) {
    TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(type.getNumber());
    tensor.getShapeBuilder().addDimBuilder().setDimParam("batch");
    for (long dim : dims) {
      tensor.getShapeBuilder().addDimBuilder().setDimValue(dim);
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  private static NodeProto.Builder node(String type, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(type)
        .setName(output)
        .addAllInput(List.of(inputs))
        .addOutput(output);
  }

  private static AttributeProto whole(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  private static ObjectNode event(String field) {
    return JsonNodeFactory.instance.objectNode().putNull(field);
  }

  private static Pipeline pipeline(String features) {
    return PipelineFile.parse(
        "p.yaml",
        """
        pipeline: p
        model: { pretrained: m }
        labels: [no, yes]
        training: { epochs: 20, learningRate: 0.05, holdout: 40 }
        features:
        """
            + features);
  }
}
