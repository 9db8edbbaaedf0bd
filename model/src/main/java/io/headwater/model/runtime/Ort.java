package io.headwater.model.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The process's one ONNX Runtime environment; all sessions share its thread pool.
 *
 * <p>Safe for use by several threads.
 */
public final class Ort {
  private static Device device = new Device.Cpu();
  private static Map<String, String> entries = Map.of();
  private static @Nullable OrtEnvironment environment;

  private Ort() {}

  /**
   * Sets where sessions that are opened from now on compute, the processor unless set.
   *
   * @param settings ONNX Runtime's own session options by name, such as {@code
   *     session.intra_op.allow_spinning}
   */
  public static synchronized void use(Device where, Map<String, String> settings) {
    device = where;
    entries = Map.copyOf(settings);
  }

  public static synchronized Device device() {
    return device;
  }

  /**
   * Makes a session's options follow {@link #use}.
   *
   * @throws OrtException where ONNX Runtime refuses an option
   */
  public static synchronized void configure(OrtSession.SessionOptions options) throws OrtException {
    for (Map.Entry<String, String> entry : entries.entrySet()) {
      options.addConfigEntry(entry.getKey(), entry.getValue());
    }
    if (device instanceof Device.Cuda cuda) {
      options.addCUDA(cuda.index());
    }
  }

  /** The environment, made at first use. */
  public static synchronized OrtEnvironment environment() {
    if (environment == null) {
      try (OrtEnvironment.ThreadingOptions pool = new OrtEnvironment.ThreadingOptions()) {
        pool.setGlobalIntraOpNumThreads(1);
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
      configure(options);
      options.setOptimizationLevel(level);
      options.disablePerSessionThreads();
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      // A pattern is kept for each shape ever seen, and batches come in thousands of shapes.
      options.setMemoryPatternOptimization(false);
      return ort.createSession(model, options);
    }
  }
}
