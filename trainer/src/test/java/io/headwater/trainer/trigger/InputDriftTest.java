package io.headwater.trainer.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.pipeline.Triggers;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class InputDriftTest {
  private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");
  private static final int WINDOW = 1_000;

  private final InputDrift drift =
      new InputDrift(new Triggers.Inputs(0.1, WINDOW, List.of("amount", "age")));
  private final Random random = new Random(6);

  private static double asItWas(double x) {
    return x;
  }

  private Optional<Firing> windows(int count, DoubleUnaryOperator amount) {
    Optional<Firing> firing = Optional.empty();
    for (int i = 0; i < count * WINDOW; i++) {
      double[] numbers = {
        amount.applyAsDouble(Math.exp(random.nextGaussian())), random.nextInt(90)
      };
      Optional<Firing> now = drift.add(numbers, THEN.plusSeconds(i));
      firing = firing.isPresent() ? firing : now;
    }
    return firing;
  }

  @Test
  void add_theSameDistribution_doesNotFire() {
    assertThat(windows(200, InputDriftTest::asItWas)).isEmpty();
    assertThat(drift.last()).isLessThan(0.1);
  }

  @Test
  void add_oneFieldGrows_firesNamingItAndHowFar() {
    windows(1, InputDriftTest::asItWas);
    Firing firing = windows(1, x -> 2 * x).orElseThrow();
    assertThat(firing.kind()).isEqualTo(TriggerKind.INPUTS);
    assertThat(firing.reason()).contains("'amount'");
    // Of two normals log 2 apart: 2 Phi(log 2 / 2) - 1.
    assertThat(drift.last()).isCloseTo(0.271, Offset.offset(0.06));
  }

  @Test
  void add_aFieldBeginsToBeMissing_fires() {
    windows(1, InputDriftTest::asItWas);
    assertThat(windows(1, x -> x < 1 ? Double.NaN : x)).isPresent();
  }

  @Test
  void trained_afterADrift_takesTheNewAsUsual() {
    windows(2, InputDriftTest::asItWas);
    assertThat(windows(2, x -> 3 * x)).isPresent();
    drift.trained();
    assertThat(windows(5, x -> 3 * x)).isEmpty();
    assertThat(windows(1, InputDriftTest::asItWas)).isPresent();
  }
}
