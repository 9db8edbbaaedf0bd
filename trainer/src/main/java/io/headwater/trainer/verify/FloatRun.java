package io.headwater.trainer.verify;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.headwater.model.runtime.InferenceException;
import io.headwater.model.runtime.Ort;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Runs a graph whose inputs and outputs are float32 on arrays.
 *
 * <p>Not safe for use by several threads.
 */
final class FloatRun implements AutoCloseable {
  /** An output's values in row-major order. */
  record Answer(long[] dims, float[] values) {}

  private final OrtEnvironment environment = Ort.environment();
  private final OrtSession session;

  FloatRun(ModelProto model) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      session = environment.createSession(model.toByteArray(), options);
    } catch (OrtException e) {
      throw new InferenceException("the graph can't be loaded: " + e.getMessage(), e);
    }
  }

  /**
   * Runs the graph once.
   *
   * @param values by input; what the graph doesn't read is left out
   * @param dims dimensions by input
   */
  Map<String, Answer> run(Map<String, float[]> values, Map<String, long[]> dims) {
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try {
      for (String name : session.getInputNames()) {
        float[] value = values.getOrDefault(name, new float[0]);
        long[] shape = dims.getOrDefault(name, new long[0]);
        inputs.put(name, OnnxTensor.createTensor(environment, FloatBuffer.wrap(value), shape));
      }
      try (OrtSession.Result result = session.run(inputs)) {
        Map<String, Answer> answers = new LinkedHashMap<>();
        for (Map.Entry<String, OnnxValue> output : result) {
          answers.put(output.getKey(), answer(output.getKey(), output.getValue()));
        }
        return answers;
      }
    } catch (OrtException e) {
      throw new InferenceException("run failed: " + e.getMessage(), e);
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  /** Runs the graph once for one of its outputs. */
  Answer answer(Map<String, float[]> values, Map<String, long[]> dims, String output) {
    return of(run(values, dims), output);
  }

  static Answer of(Map<String, Answer> answers, String output) {
    Answer answer = answers.get(output);
    if (answer == null) {
      throw new IllegalStateException("the graph has no output '" + output + "'");
    }
    return answer;
  }

  float[] output(Map<String, float[]> values, Map<String, long[]> dims, String output) {
    return answer(values, dims, output).values();
  }

  private static Answer answer(String name, OnnxValue value) {
    if (!(value instanceof OnnxTensor tensor) || tensor.getInfo().type != OnnxJavaType.FLOAT) {
      throw new InferenceException("value '" + name + "' is not a float32 tensor");
    }
    FloatBuffer buffer = tensor.getFloatBuffer();
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return new Answer(tensor.getInfo().getShape(), values);
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new InferenceException("session can't be closed: " + e.getMessage(), e);
    }
  }
}
