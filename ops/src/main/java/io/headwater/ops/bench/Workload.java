package io.headwater.ops.bench;

import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import java.util.function.IntFunction;

/**
 * Events and the model that scores them.
 *
 * @param yaml the pipeline file's text without the section {@code feedback}
 * @param event bytes of event i
 * @param events how many a round takes, the warm-up included
 * @param batch most events a run of the model by those that batch by hand
 */
record Workload(
    String name,
    String yaml,
    ModelPackage version,
    IntFunction<byte[]> event,
    int events,
    int batch) {
  private static final double WARM_UP = 0.5;

  /** Events that are not measured: the contender's code is compiled meanwhile. */
  int warmUp() {
    return (int) (events * WARM_UP);
  }

  /** The pipeline file's text for one contender. */
  String yaml(Contender contender) {
    return yaml + "feedback: { enabled: " + (contender == Contender.JOINING) + " }\n";
  }

  Pipeline pipeline() {
    return PipelineFile.parse("bench.yaml", yaml);
  }
}
