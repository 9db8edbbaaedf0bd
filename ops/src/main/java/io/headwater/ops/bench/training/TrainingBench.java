package io.headwater.ops.bench.training;

import io.headwater.trainer.tune.StepSpeed.Speed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs contenders over a workload in turns, each round beginning with another. */
record TrainingBench(int rounds, Duration length) {
  /**
   * Measures one workload.
   *
   * @param others contenders besides the tuner and the forward pass, by name
   */
  TrainingReport.Row run(TrainingWorkload workload, Map<String, Stepper> others) {
    Map<String, Stepper> contenders = new LinkedHashMap<>();
    contenders.put(TrainingReport.STEP, workload.steps()::steps);
    contenders.put(TrainingReport.FORWARD, workload.steps()::forward);
    contenders.putAll(others);
    List<String> order = new ArrayList<>(contenders.keySet());
    Map<String, List<Speed>> speeds = new LinkedHashMap<>();
    order.forEach(name -> speeds.put(name, new ArrayList<>()));
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < order.size(); i++) {
        String name = order.get((round + i) % order.size());
        Stepper contender = contenders.get(name);
        if (contender != null) {
          speeds.computeIfAbsent(name, absent -> new ArrayList<>()).add(contender.run(length));
        }
      }
    }
    return new TrainingReport.Row(
        workload.name(), workload.steps().settings().batch(), workload.weights(), speeds);
  }
}
