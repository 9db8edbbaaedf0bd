package io.headwater.trainer.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.pipeline.Triggers;
import io.headwater.trainer.evaluate.Served;
import io.headwater.trainer.evaluate.ServedValue;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LossDriftTest {
  private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");
  private final LossDrift drift = new LossDrift(new Triggers.Loss(0.002));
  private final Random random = new Random(2);
  private int served;

  /** Gives answers of 90 %; the first firing, if any. */
  private Optional<Firing> serve(String version, int count, double right) {
    for (int i = 0; i < count; i++, served++) {
      Optional<Firing> firing = drift.add(answer(version, served, random.nextDouble() < right));
      if (firing.isPresent()) {
        return firing;
      }
    }
    return Optional.empty();
  }

  private static Served answer(String version, int second, boolean right) {
    Instant at = THEN.plusSeconds(second);
    return new Served(
        "e" + second, version, new float[] {0.1f, 0.9f}, 1, right ? 1 : 0, at, at, "");
  }

  @Test
  void add_answersThatGetWorse_firesWithBothLossesAndSinceWhen() {
    assertThat(serve("v1", 500, 0.95)).isEmpty();
    Firing firing = serve("v1", 500, 0.6).orElseThrow();
    assertThat(firing.kind()).isEqualTo(TriggerKind.LOSS);
    assertThat(firing.reason()).contains("rose from");
    assertThat(firing.since()).isBetween(THEN.plusSeconds(400), THEN.plusSeconds(600));
    assertThat(firing.measures())
        .extracting("name")
        .contains("trigger.loss.before", "trigger.loss.after", "trigger.loss.since");
  }

  @Test
  void add_answersThatGetBetter_doesNotFire() {
    assertThat(serve("v1", 500, 0.5)).isEmpty();
    assertThat(serve("v1", 1_000, 0.98)).isEmpty();
  }

  @Test
  void add_aNewVersion_startsAnewAndLateLabelsOfTheOldSayNothing() {
    assertThat(serve("v1", 500, 0.98)).isEmpty();
    assertThat(serve("v2", 300, 0.6)).isEmpty();
    double mean = drift.mean();
    for (int i = 0; i < 300; i++) {
      assertThat(drift.add(answer("v1", i, true))).isEmpty();
    }
    assertThat(drift.mean()).isEqualTo(mean);
  }

  @Test
  void add_numbersWhoseErrorsGrow_firesWhateverTheirUnit() {
    Random errors = new Random(4);
    Optional<Firing> before = Optional.empty();
    Optional<Firing> after = Optional.empty();
    for (int i = 0; i < 1_000; i++) {
      Instant at = THEN.plusSeconds(i);
      double value = 5_000 + (i < 500 ? 1_000 : 3_000) * errors.nextGaussian();
      Optional<Firing> firing = drift.add(new ServedValue("e" + i, "v1", value, 5_000, at, at, ""));
      if (i < 500) {
        before = before.or(() -> firing);
      } else {
        after = after.or(() -> firing);
      }
    }
    assertThat(before).isEmpty();
    assertThat(after).isPresent();
  }
}
