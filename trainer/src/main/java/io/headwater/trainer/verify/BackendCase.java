package io.headwater.trainer.verify;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.headwater.model.runtime.InferenceException;
import io.headwater.trainer.gradient.CurrentForm;
import io.headwater.trainer.gradient.GradientException;
import io.headwater.trainer.gradient.GradientGraph;
import io.headwater.trainer.gradient.Shapes;
import io.headwater.trainer.gradient.Tensors;
import io.headwater.trainer.tune.ShapeProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * One case of the ONNX project's backend tests: a model, its inputs and the output that it must
 * give, brought into current form, run, differentiated by every float input, and compared.
 *
 * @param name of the case's folder
 * @param detail what differs or why it was left out; empty where it passed
 */
public record BackendCase(String name, Verdict verdict, String detail) {
  /** How a case ended. */
  public enum Verdict {
    /** Value and gradient agree. */
    PASSED,
    /** The case has nothing to differentiate, or nothing that this runtime runs. */
    NOT_APPLICABLE,
    /** The model can't be differentiated, and the message says where. */
    REFUSED,
    /** The model in current form answers otherwise than it must. */
    VALUE_DIFFERS,
    /** The gradient disagrees with finite differences. */
    GRADIENT_DIFFERS
  }

  private static final double VALUE_TOLERANCE = 1e-3;

  /** Inputs behind the first of these steer what they do and are no numbers to learn. */
  private static final Set<String> STEERED = Set.of("Clip", "Pad", "Resize", "Range", "Dropout");

  /** Runs the case in a folder that holds {@code model.onnx} and {@code test_data_set_0}. */
  public static BackendCase run(Path folder) throws IOException {
    String name = folder.getFileName().toString();
    try {
      return run(name, folder);
    } catch (GradientException e) {
      return new BackendCase(name, Verdict.REFUSED, String.valueOf(e.getMessage()));
    } catch (InferenceException e) {
      String message = String.valueOf(e.getMessage());
      return new BackendCase(
          name, Verdict.NOT_APPLICABLE, "ONNX Runtime: " + message.lines().findFirst().orElse(""));
    }
  }

  private static BackendCase run(String name, Path folder) throws IOException {
    ModelProto original = ModelProto.parseFrom(Files.readAllBytes(folder.resolve("model.onnx")));
    GraphProto graph = original.getGraph();
    if (graph.getOutputCount() == 0 || !graph.getOutput(0).getType().hasTensorType()) {
      return notApplicable(name, "the output is no tensor");
    }
    Path data = folder.resolve("test_data_set_0");
    TensorProto expected = tensor(data.resolve("output_0.pb"));
    if (expected.getDataType() != Tensors.FLOAT) {
      return notApplicable(name, "the output is not float32");
    }
    Optional<ModelProto> filled = filled(original, data);
    if (filled.isEmpty()) {
      return notApplicable(name, "an input is no tensor");
    }
    ModelProto model = CurrentForm.of(filled.get());
    String output = model.getGraph().getOutput(0).getName();
    float[] wished = Tensors.floats(expected);
    float[] answer = answer(model, output);
    if (!agree(wished, answer)) {
      return agree(wished, answer(filled.get(), output))
          ? new BackendCase(name, Verdict.VALUE_DIFFERS, "")
          : notApplicable(name, "ONNX Runtime answers otherwise, or at random");
    }
    return differentiated(name, model, output, answer.length);
  }

  private static BackendCase differentiated(
      String name, ModelProto model, String output, int size) {
    Map<String, TensorProto> wanted = wanted(model.getGraph());
    if (wanted.isEmpty()) {
      return notApplicable(name, "there is nothing to differentiate by");
    }
    Shapes shapes = ShapeProbe.of(model, Map.of(), Map.of());
    GradientGraph both = GradientGraph.of(model, shapes, output, wanted.keySet());
    if (both.gradients().isEmpty()) {
      return notApplicable(name, "no gradient reaches an input");
    }
    Random random = new Random(1);
    float[] seed = new float[size];
    for (int i = 0; i < size; i++) {
      seed[i] = random.nextFloat() * 2 - 1;
    }
    Map<String, float[]> values = new HashMap<>();
    Map<String, long[]> dims = new HashMap<>();
    values.put(both.seed(), seed);
    dims.put(both.seed(), shapes.dims().getOrDefault(output, new long[0]));
    for (String input : both.gradients().keySet()) {
      TensorProto tensor = wanted.getOrDefault(input, TensorProto.getDefaultInstance());
      values.put(input, Tensors.floats(tensor));
      dims.put(input, Tensors.dims(tensor));
    }
    try (FloatRun run = new FloatRun(both.model())) {
      return new BackendComparison(run, both, values, dims, random).judge(name);
    }
  }

  /** The model with every input fixed, as an exported model would have what steers shapes. */
  private static Optional<ModelProto> filled(ModelProto model, Path data) throws IOException {
    GraphProto.Builder graph = model.getGraph().toBuilder().clearInput();
    Set<String> given = new LinkedHashSet<>();
    graph.getInitializerList().forEach(tensor -> given.add(tensor.getName()));
    int file = 0;
    for (ValueInfoProto input : model.getGraph().getInputList()) {
      Path path = data.resolve("input_" + file + ".pb");
      if (!input.getType().hasTensorType()) {
        return Optional.empty();
      }
      if (!given.contains(input.getName()) && Files.exists(path)) {
        file++;
        graph.addInitializer(tensor(path).toBuilder().setName(input.getName()));
      }
    }
    return Optional.of(model.toBuilder().setGraph(graph).build());
  }

  private static Map<String, TensorProto> wanted(GraphProto graph) {
    Map<String, TensorProto> floats = new HashMap<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      if (tensor.getDataType() == Tensors.FLOAT && Tensors.size(Tensors.dims(tensor)) > 0) {
        floats.put(tensor.getName(), tensor);
      }
    }
    Map<String, TensorProto> wanted = new LinkedHashMap<>();
    for (NodeProto node : graph.getNodeList()) {
      boolean statistics = node.getOpType().equals("BatchNormalization");
      int last = STEERED.contains(node.getOpType()) ? 1 : statistics ? 3 : Integer.MAX_VALUE;
      for (int i = 0; i < Math.min(last, node.getInputCount()); i++) {
        TensorProto tensor = floats.get(node.getInput(i));
        // What a rewriting added is a constant of the operator.
        if (tensor != null && !tensor.getName().startsWith("gradient/")) {
          wanted.put(tensor.getName(), tensor);
        }
      }
    }
    return wanted;
  }

  private static float[] answer(ModelProto model, String output) {
    try (FloatRun run = new FloatRun(model)) {
      return run.output(Map.of(), Map.of(), output);
    }
  }

  private static boolean agree(float[] expected, float[] actual) {
    if (expected.length != actual.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      boolean same = Float.compare(expected[i], actual[i]) == 0;
      double allowed = VALUE_TOLERANCE * (1 + Math.abs(expected[i]));
      if (!same && !(Math.abs(expected[i] - actual[i]) <= allowed)) {
        return false;
      }
    }
    return true;
  }

  private static TensorProto tensor(Path file) throws IOException {
    return TensorProto.parseFrom(Files.readAllBytes(file));
  }

  private static BackendCase notApplicable(String name, String why) {
    return new BackendCase(name, Verdict.NOT_APPLICABLE, why);
  }
}
