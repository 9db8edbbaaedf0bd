package io.headwater.trainer.round;

import io.headwater.model.runtime.Crossing;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.tune.TrainingSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sets of examples as a training replays them, for tests. */
final class Replays {
  private Replays() {}

  static List<ReplayExample> of(TrainingSet set) {
    return of(set, set.classes());
  }

  /** The same with other labels. */
  static List<ReplayExample> of(TrainingSet set, int[] classes) {
    List<ReplayExample> replay = new ArrayList<>();
    for (int i = 0; i < set.size(); i++) {
      replay.add(new ReplayExample("e" + i, 0, i, i, classes[i], 1, set.activations()[i], 0, i));
    }
    return replay;
  }

  static Rows rows(TrainingSet set) {
    return new Rows(of(set), Arrays.stream(set.activations()).map(Crossing::of).toList());
  }
}
