package io.headwater.trainer.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.pipeline.Memory;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.Schedule;
import io.headwater.model.pipeline.Triggers;
import io.headwater.model.pipeline.Tuning;
import io.headwater.trainer.evaluate.Served;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TrainingTriggersTest {
  private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");
  private static final int COUNT = 100;
  private static final int HELD_OUT = 20;

  private static TrainingTriggers triggers(Triggers settings) {
    return new TrainingTriggers(
        new Pipeline.Training(
            COUNT,
            200,
            0,
            HELD_OUT,
            1,
            1,
            0.1,
            0,
            1,
            Pipeline.Calibration.NONE,
            settings,
            Tuning.DEFAULT,
            Memory.DEFAULT),
        THEN,
        (kind, figure) -> {});
  }

  private static Triggers timed(Duration minInterval, Duration age, String schedule) {
    return new Triggers(
        minInterval,
        age,
        schedule == null ? null : new Triggers.Timetable(new Schedule(schedule), ZoneOffset.UTC),
        null,
        null,
        null);
  }

  private static Triggers drifting(Duration minInterval) {
    return new Triggers(
        minInterval,
        null,
        null,
        new Triggers.Loss(0.01),
        new Triggers.Activations(0.3, 50),
        new Triggers.Inputs(0.2, 100, List.of("x")));
  }

  @Test
  void due_withoutSettings_isAtEachMultipleOfTheCount() {
    TrainingTriggers triggers = triggers(Triggers.NONE);
    assertThat(triggers.due(THEN, 0)).isEmpty();
    assertThat(triggers.due(THEN, 99)).isEmpty();
    assertThat(triggers.due(THEN, 100).orElseThrow().kind()).isEqualTo(TriggerKind.COUNT);
    assertThat(triggers.due(THEN, 101)).isEmpty();
    assertThat(triggers.due(THEN, 200)).isPresent();
  }

  @Test
  void due_ofAnAge_countsFromTheLastTraining() {
    TrainingTriggers triggers = triggers(timed(Duration.ZERO, Duration.ofDays(1), null));
    assertThat(triggers.due(THEN.plus(Duration.ofHours(23)), 30)).isEmpty();
    Firing firing = triggers.due(THEN.plus(Duration.ofHours(24)), 30).orElseThrow();
    assertThat(firing.kind()).isEqualTo(TriggerKind.AGE);
    assertThat(firing.since()).isEqualTo(THEN);
    triggers.trained(THEN.plus(Duration.ofHours(24)), List.of());
    assertThat(triggers.due(THEN.plus(Duration.ofHours(47)), 30)).isEmpty();
  }

  @Test
  void due_ofASchedule_makesUpForOneOfThoseMissed() {
    TrainingTriggers triggers = triggers(timed(Duration.ZERO, null, "0 3 * * *"));
    assertThat(triggers.due(Instant.parse("2026-01-01T02:59:00Z"), 30)).isEmpty();
    Instant later = Instant.parse("2026-01-05T10:00:00Z");
    assertThat(triggers.due(later, 30).orElseThrow().kind()).isEqualTo(TriggerKind.SCHEDULE);
    triggers.trained(later, List.of());
    assertThat(triggers.due(later.plusSeconds(60), 30)).isEmpty();
    assertThat(triggers.due(Instant.parse("2026-01-06T03:00:00Z"), 30)).isPresent();
  }

  @Test
  void due_withFewerExamplesThanAreHeldOut_waits() {
    TrainingTriggers triggers = triggers(timed(Duration.ZERO, Duration.ofDays(1), null));
    assertThat(triggers.due(THEN.plus(Duration.ofDays(9)), HELD_OUT - 1)).isEmpty();
    assertThat(triggers.due(THEN.plus(Duration.ofDays(9)), HELD_OUT)).isPresent();
  }

  @Test
  void due_withinTheInterval_waitsForItsEndAndNotForTheNextMultiple() {
    TrainingTriggers triggers = triggers(timed(Duration.ofHours(1), null, null));
    assertThat(triggers.due(THEN.plus(Duration.ofMinutes(59)), 100)).isEmpty();
    assertThat(triggers.due(THEN.plus(Duration.ofMinutes(60)), 130)).isPresent();
  }

  @Test
  void due_afterDrift_holdsUntilATrainingAndWaitsForTheInterval() {
    TrainingTriggers triggers = triggers(drifting(Duration.ofHours(1)));
    Random random = new Random(3);
    List<float[]> reference = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      reference.add(new float[] {(float) random.nextGaussian()});
    }
    triggers.trained(THEN, reference);
    for (int i = 0; i < 50; i++) {
      triggers.activation(new float[] {(float) (2 + random.nextGaussian())}, THEN.plusSeconds(i));
    }
    assertThat(triggers.due(THEN.plusSeconds(60), 50)).isEmpty();
    Firing firing = triggers.due(THEN.plus(Duration.ofHours(1)), 50).orElseThrow();
    assertThat(firing.kind()).isEqualTo(TriggerKind.ACTIVATIONS);
    triggers.trained(THEN.plus(Duration.ofHours(1)), reference);
    assertThat(triggers.due(THEN.plus(Duration.ofHours(3)), 50)).isEmpty();
  }

  @Test
  void due_afterALossThatRises_firesOnIt() {
    TrainingTriggers triggers = triggers(drifting(Duration.ZERO));
    for (int i = 0; i < 400; i++) {
      Instant at = THEN.plusSeconds(i);
      triggers.served(
          new Served("e" + i, "v", new float[] {0.1f, 0.9f}, 1, i < 200 ? 1 : 0, at, at, ""));
    }
    assertThat(triggers.due(THEN, 50).orElseThrow().kind()).isEqualTo(TriggerKind.LOSS);
  }

  @Test
  void due_afterALossThatRoseBeforeTheLastTraining_doesNotFireOnIt() {
    TrainingTriggers triggers = triggers(drifting(Duration.ZERO));
    for (int i = 0; i < 400; i++) {
      Instant at = THEN.plusSeconds(i);
      Served answer =
          new Served("e" + i, "v", new float[] {0.1f, 0.9f}, 1, i < 200 ? 1 : 0, at, at, "");
      if (i < 380) {
        triggers.past(answer);
      } else {
        triggers.served(answer);
      }
    }
    assertThat(triggers.due(THEN, 50)).isEmpty();
  }

  @Test
  void due_afterEventsThatChange_firesOnThem() {
    TrainingTriggers triggers = triggers(drifting(Duration.ZERO));
    for (int i = 0; i < 200; i++) {
      triggers.event(new double[] {i < 100 ? i : i + 50}, THEN.plusSeconds(i));
    }
    Firing firing = triggers.due(THEN, 50).orElseThrow();
    assertThat(firing.kind()).isEqualTo(TriggerKind.INPUTS);
    assertThat(firing.since()).isEqualTo(THEN.plusSeconds(100));
  }
}
