package io.headwater.trainer.tune;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TrainingSetTest {
  @Test
  void balanced_unevenClasses_weighTheSameAndAsMuchInAll() {
    float[][] activations = new float[4][1];
    TrainingSet set =
        new TrainingSet(activations, new int[] {0, 0, 0, 2}, new float[] {1, 1, 2, 1}).balanced();
    assertThat(set.weights()).containsExactly(0.625f, 0.625f, 1.25f, 2.5f);
  }

  @Test
  void balanced_oneClass_keepsItsWeights() {
    TrainingSet set =
        new TrainingSet(new float[2][1], new int[] {1, 1}, new float[] {1, 3}).balanced();
    assertThat(set.weights()).containsExactly(1, 3);
  }
}
