package io.headwater.trainer.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.pipeline.Triggers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class MeanShiftTest {
  private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");
  private static final int WINDOW = 200;

  /** Vectors of which one factor is common to all numbers, so that they hang together. */
  private static float[] vector(Random random, int width, double common, double shift) {
    double factor = random.nextGaussian() * common;
    float[] vector = new float[width];
    for (int i = 0; i < width; i++) {
      // The numbers have different sizes.
      double scale = Math.pow(10, i % 4);
      vector[i] =
          (float)
              (scale
                  * (5 + shift + factor + random.nextGaussian() * Math.sqrt(1 - common * common)));
    }
    return vector;
  }

  private static MeanShift referenced(Random random, int width, double common) {
    MeanShift drift = new MeanShift(new Triggers.Activations(0.1, WINDOW));
    List<float[]> reference = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      reference.add(vector(random, width, common, 0));
    }
    drift.reference(reference);
    return drift;
  }

  private static int firings(
      MeanShift drift, Random random, int width, double common, double shift, int looks) {
    int firings = 0;
    for (int i = 0; i < looks * WINDOW; i++) {
      firings +=
          drift.add(vector(random, width, common, shift), THEN.plusSeconds(i)).isPresent() ? 1 : 0;
    }
    return firings;
  }

  @Test
  void add_nothingMoves_firesAtMostOnceInAThousandLooks() {
    // A low threshold, so that chance alone is held off by the test's statistic.
    Random random = new Random(1);
    int width = 16;
    int firings = 0;
    for (double common : new double[] {0, 0.7, 0.999}) {
      firings += firings(referenced(random, width, common), random, width, common, 0, 400);
    }
    assertThat(firings).isLessThanOrEqualTo(3);
  }

  @Test
  void add_meansMove_firesAtTheEndOfTheWindowWithTheShift() {
    Random random = new Random(2);
    MeanShift drift = referenced(random, 16, 0.5);
    for (int i = 0; i < WINDOW - 1; i++) {
      assertThat(drift.add(vector(random, 16, 0.5, 0.5), THEN.plusSeconds(i))).isEmpty();
    }
    Optional<Firing> firing = drift.add(vector(random, 16, 0.5, 0.5), THEN.plusSeconds(WINDOW));
    assertThat(firing.orElseThrow().kind()).isEqualTo(TriggerKind.ACTIVATIONS);
    assertThat(firing.orElseThrow().since()).isEqualTo(THEN);
    assertThat(drift.last()).isCloseTo(0.5, Offset.offset(0.15));
  }

  @Test
  void add_meansMoveLessThanTheThreshold_doesNotFire() {
    Random random = new Random(3);
    assertThat(firings(referenced(random, 64, 0), random, 64, 0, 0.05, 20)).isZero();
  }

  @Test
  void add_beforeAnyReferenceOrOfAnotherWidth_isPassedOver() {
    Random random = new Random(4);
    MeanShift without = new MeanShift(new Triggers.Activations(0.1, WINDOW));
    assertThat(firings(without, random, 8, 0, 9, 3)).isZero();
    assertThat(firings(referenced(random, 16, 0), random, 8, 0, 9, 3)).isZero();
  }

  @Test
  void add_numbersConstantInTheReference_areLeftOut() {
    MeanShift drift = new MeanShift(new Triggers.Activations(0.1, 20));
    drift.reference(List.of(new float[] {3, 1}, new float[] {3, 2}, new float[] {3, 3}));
    for (int i = 0; i < 40; i++) {
      assertThat(drift.add(new float[] {99, 1 + i % 3}, THEN)).isEmpty();
    }
  }
}
