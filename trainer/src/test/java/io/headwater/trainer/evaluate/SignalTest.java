package io.headwater.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SignalTest {
  private static final long SEED = 4;

  private static Signal signal(int count, int labels, double strength, long seed) {
    Random random = new Random(seed);
    float[][] probabilities = new float[count][labels];
    int[] classes = new int[count];
    for (int i = 0; i < count; i++) {
      classes[i] = random.nextInt(labels);
      for (int c = 0; c < labels; c++) {
        probabilities[i][c] = (float) (random.nextGaussian() + (c == classes[i] ? strength : 0));
      }
    }
    return Signal.of(probabilities, classes, SEED);
  }

  /** In how many of 200 draws of two classes answers are not called guesses. */
  private static int told(int count, double strength) {
    int told = 0;
    for (int seed = 0; seed < 200; seed++) {
      told += signal(count, 2, strength, seed).isGuessing() ? 0 : 1;
    }
    return told;
  }

  @Test
  void of_answersThatKnowNothing_isGuessingInAlmostAllDraws() {
    assertThat(told(50, 0)).isLessThanOrEqualTo(4);
    assertThat(told(12, 0)).isLessThanOrEqualTo(4);
  }

  @Test
  void of_fewAnswersThatKnow_isSeldomGuessing() {
    assertThat(told(20, 3)).isGreaterThan(190);
  }

  @Test
  void of_answersThatKnow_isNotGuessing() {
    for (int seed = 0; seed < 20; seed++) {
      assertThat(signal(50, 2, 2, seed).isGuessing()).isFalse();
      assertThat(signal(50, 4, 2, seed).isGuessing()).isFalse();
    }
  }

  @Test
  void of_constantAnswers_isGuessing() {
    int[] classes = new int[40];
    for (int i = 0; i < 20; i++) {
      classes[i] = 1;
    }
    float[][] same = new float[40][2];
    assertThat(Signal.of(same, classes, SEED).isGuessing()).isTrue();
  }

  @Test
  void of_tooFewToTell_isGuessingAndSaysSo() {
    for (Signal few :
        List.of(signal(5, 2, 9, 1), Signal.of(new float[300][2], new int[300], SEED))) {
      assertThat(few.isAmple()).isFalse();
      assertThat(few.isGuessing()).isTrue();
      assertThat(few.said()).contains("wait for more labels");
    }
    assertThat(signal(50, 2, 0, 1).isAmple()).isTrue();
  }
}
