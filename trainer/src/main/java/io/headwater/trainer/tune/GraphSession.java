package io.headwater.trainer.tune;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.headwater.model.runtime.InferenceException;
import io.headwater.model.runtime.Ort;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * A graph loaded into ONNX Runtime on the calling thread alone, so that equal inputs give equal
 * bits and scoring beside it keeps its cores.
 *
 * <p>Not safe for use by several threads; must not be closed while it runs.
 */
final class GraphSession implements AutoCloseable {
  private final OrtEnvironment environment = Ort.environment();
  private final OrtSession session;

  private GraphSession(byte[] model, boolean optimised) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      Ort.configure(options);
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setDeterministicCompute(true);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      if (!optimised) {
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
      }
      session = environment.createSession(model, options);
    }
  }

  static GraphSession open(ModelProto model) {
    return open(model, true);
  }

  /** Opens a graph as it stands, so that each of its values can be an output. */
  static GraphSession openAsWritten(ModelProto model) {
    return open(model, false);
  }

  private static GraphSession open(ModelProto model, boolean optimised) {
    String name = model.getGraph().getName();
    try {
      return new GraphSession(model.toByteArray(), optimised);
    } catch (OrtException e) {
      throw new InferenceException("graph '" + name + "' can't be loaded: " + e.getMessage(), e);
    }
  }

  /** A buffer that the runtime reads and writes in place. */
  static FloatBuffer direct(int floats) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(4, floats))
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /** A tensor over the front of a direct buffer: what the buffer holds when it runs counts. */
  OnnxTensor over(FloatBuffer buffer, long... dims) {
    long size = 1;
    for (long dim : dims) {
      size *= dim;
    }
    try {
      FloatBuffer front = buffer.duplicate().rewind().limit(Math.toIntExact(size));
      return OnnxTensor.createTensor(environment, front, dims);
    } catch (OrtException e) {
      throw new InferenceException("tensor can't be made: " + e.getMessage(), e);
    }
  }

  static String runtimeVersion() {
    return Ort.environment().getVersion();
  }

  /** Runs with every output pinned; they hold the answer when it returns. */
  void run(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) {
    try (OrtSession.Result result = session.run(inputs, outputs)) {
      if (result.size() != outputs.size()) {
        throw new InferenceException("the graph left outputs out");
      }
    } catch (OrtException e) {
      throw new InferenceException("run failed: " + e.getMessage(), e);
    }
  }

  /** Runs and hands over the outputs, which the caller closes. */
  OrtSession.Result run(Map<String, OnnxTensor> inputs) {
    try {
      return session.run(inputs);
    } catch (OrtException e) {
      throw new InferenceException("run failed: " + e.getMessage(), e);
    }
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
