package io.headwater.ops.bench.training;

import io.headwater.trainer.tune.StepSpeed.Speed;
import java.time.Duration;

/** One way to work through a workload's batches. */
interface Stepper {
  /** Works for some time on the calling thread. */
  Speed run(Duration length);
}
