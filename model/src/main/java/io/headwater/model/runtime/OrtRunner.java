package io.headwater.model.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import ai.onnxruntime.TensorInfo;
import io.headwater.model.onnx.GraphRunner;
import io.headwater.model.onnx.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Runs whole ONNX files in ONNX Runtime: to import, to check and to compare. */
public final class OrtRunner implements GraphRunner {
  private final OptLevel level;

  /** Runs as scorers do, with the runtime's fusions. */
  public OrtRunner() {
    this(OptLevel.ALL_OPT);
  }

  private OrtRunner(OptLevel level) {
    this.level = level;
  }

  /** Runs every operator as the graph has it, none fused. */
  public static OrtRunner asWritten() {
    return new OrtRunner(OptLevel.NO_OPT);
  }

  @Override
  public Loaded load(ByteBuffer model) {
    try {
      return new Session(Ort.session(model, level));
    } catch (OrtException e) {
      throw new IllegalArgumentException("ONNX Runtime refuses the model: " + firstLine(e), e);
    }
  }

  private record Session(OrtSession session) implements Loaded {
    @Override
    public Map<String, HostTensor> run(Map<String, HostTensor> inputs) {
      Map<String, OnnxTensor> tensors = new HashMap<>();
      try {
        for (Map.Entry<String, HostTensor> input : inputs.entrySet()) {
          if (session.getInputNames().contains(input.getKey())) {
            tensors.put(input.getKey(), tensor(input.getValue()));
          }
        }
        try (OrtSession.Result result = session.run(tensors)) {
          Map<String, HostTensor> outputs = new LinkedHashMap<>();
          for (Map.Entry<String, OnnxValue> output : result) {
            if (!(output.getValue() instanceof OnnxTensor tensor)) {
              throw new IllegalStateException("output '" + output.getKey() + "' is no tensor");
            }
            outputs.put(output.getKey(), host(output.getKey(), tensor));
          }
          return outputs;
        }
      } catch (OrtException e) {
        throw new IllegalStateException("ONNX Runtime can't run the model: " + firstLine(e), e);
      } finally {
        tensors.values().forEach(OnnxTensor::close);
      }
    }

    @Override
    public void close() {
      try {
        session.close();
      } catch (OrtException e) {
        throw new IllegalStateException("ONNX Runtime can't close a session", e);
      }
    }
  }

  /** Tensors by name; the caller closes them. */
  static Map<String, OnnxTensor> tensors(Map<String, HostTensor> values) {
    Map<String, OnnxTensor> tensors = new HashMap<>();
    try {
      for (Map.Entry<String, HostTensor> value : values.entrySet()) {
        tensors.put(value.getKey(), tensor(value.getValue()));
      }
      return tensors;
    } catch (OrtException e) {
      tensors.values().forEach(OnnxTensor::close);
      throw new IllegalArgumentException("no tensor can be made: " + firstLine(e), e);
    }
  }

  private static OnnxTensor tensor(HostTensor value) throws OrtException {
    OnnxJavaType type =
        switch (value.type()) {
          case "float16" -> OnnxJavaType.FLOAT16;
          default -> OnnxJavaType.valueOf(value.type().toUpperCase(Locale.ROOT));
        };
    ByteBuffer bytes = value.bytes().duplicate().order(ByteOrder.nativeOrder()).rewind();
    if (!bytes.isDirect()) {
      ByteBuffer direct = ByteBuffer.allocateDirect(bytes.remaining());
      bytes = direct.order(ByteOrder.nativeOrder()).put(bytes).rewind();
    }
    return OnnxTensor.createTensor(Ort.environment(), bytes, value.dims(), type);
  }

  private static HostTensor host(String name, OnnxTensor tensor) {
    TensorInfo info = tensor.getInfo();
    ByteBuffer bytes = tensor.getByteBuffer();
    if (info.type == OnnxJavaType.STRING || bytes == null) {
      throw new IllegalStateException("output '" + name + "' holds strings");
    }
    String type = info.type.name().toLowerCase(Locale.ROOT);
    return new HostTensor(type, info.getShape(), bytes.order(ByteOrder.nativeOrder()));
  }

  private static String firstLine(OrtException failure) {
    String message = String.valueOf(failure.getMessage());
    return message.lines().findFirst().orElse(message);
  }
}
