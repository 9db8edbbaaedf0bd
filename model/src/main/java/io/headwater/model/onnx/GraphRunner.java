package io.headwater.model.onnx;

import java.nio.ByteBuffer;
import java.util.Map;

/** Loads ONNX files and runs them on tensors of this process. */
public interface GraphRunner {
  /** A loaded file; closed by whoever opened it, never while it runs. */
  interface Loaded extends AutoCloseable {
    /**
     * Every output by name.
     *
     * @throws IllegalStateException where the run fails, saying what the runtime said
     */
    Map<String, HostTensor> run(Map<String, HostTensor> inputs);

    @Override
    void close();
  }

  /**
   * Loads a file.
   *
   * @param model ONNX bytes in direct memory
   * @throws IllegalArgumentException where the runtime refuses it
   */
  Loaded load(ByteBuffer model);
}
