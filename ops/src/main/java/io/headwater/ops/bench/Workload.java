package io.headwater.ops.bench;

import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import java.util.function.IntFunction;

/**
 * Events and the model that scores them.
 *
 * @param yaml the pipeline file's text, for the contenders' own processes
 * @param event bytes of event i
 * @param events how many a round takes, the warm-up included
 */
record Workload(
    String name,
    String yaml,
    Pipeline pipeline,
    ModelPackage version,
    IntFunction<byte[]> event,
    int events) {
  private static final double WARM_UP = 0.25;

  /** Events that are not measured: the contender's code is compiled meanwhile. */
  int warmUp() {
    return (int) (events * WARM_UP);
  }
}
