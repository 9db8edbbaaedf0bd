package io.headwater.model.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The process's one ONNX Runtime environment; all sessions share its thread pool.
 *
 * <p>Safe for use by several threads.
 */
public final class Ort {
  private static int threads = 1;
  private static @Nullable OrtEnvironment environment;

  private Ort() {}

  /**
   * Sets how many threads an operator may use, the calling one included; 1 unless set.
   *
   * @throws IllegalStateException once the environment is in use
   */
  public static synchronized void useThreads(int count) {
    if (environment != null) {
      throw new IllegalStateException("ONNX Runtime's threads must be set before its first use");
    }
    threads = count;
  }

  /** The environment, made at first use. */
  public static synchronized OrtEnvironment environment() {
    if (environment == null) {
      try (OrtEnvironment.ThreadingOptions pool = new OrtEnvironment.ThreadingOptions()) {
        pool.setGlobalIntraOpNumThreads(threads);
        pool.setGlobalInterOpNumThreads(1);
        pool.setGlobalSpinControl(false);
        environment =
            OrtEnvironment.getEnvironment(
                OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "headwater", pool);
      } catch (OrtException e) {
        throw new IllegalStateException("ONNX Runtime can't start its thread pool", e);
      }
    }
    return environment;
  }

  /**
   * A session on a model; the caller closes it, never while it runs.
   *
   * @param model ONNX bytes in direct memory, copied before this returns
   * @throws OrtException where ONNX Runtime refuses the model
   */
  public static OrtSession session(ByteBuffer model) throws OrtException {
    return session(model, OptLevel.ALL_OPT);
  }

  /** The same with chosen rewritings of the graph. */
  static OrtSession session(ByteBuffer model, OptLevel level) throws OrtException {
    OrtEnvironment ort = environment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(level);
      options.disablePerSessionThreads();
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      // A pattern is kept for each shape ever seen, and batches come in thousands of shapes.
      options.setMemoryPatternOptimization(false);
      return ort.createSession(model, options);
    }
  }
}
