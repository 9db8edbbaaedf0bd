package io.headwater.trainer.round;

import io.headwater.model.runtime.Crossing;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.tune.Targets;
import io.headwater.trainer.tune.TrainingSet;
import java.util.List;

/** What a round learns from: examples, and what crosses to the head for each. */
record Rows(List<ReplayExample> examples, List<Crossing> crossing) {
  Rows part(int from, int to) {
    return new Rows(examples.subList(from, to), crossing.subList(from, to));
  }

  Rows at(List<Integer> places) {
    return new Rows(
        places.stream().map(examples::get).toList(), places.stream().map(crossing::get).toList());
  }

  int size() {
    return examples.size();
  }

  TrainingSet set(Targets targets) {
    float[] weights = new float[size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = examples.get(i).weight();
    }
    return TrainingSet.of(crossing, targets, weights);
  }

  /** For heads that are only asked. */
  TrainingSet unlabelled() {
    return set(new Targets.Classes(new int[size()]));
  }

  int[] classes() {
    return examples.stream().mapToInt(ReplayExample::classIndex).toArray();
  }
}
