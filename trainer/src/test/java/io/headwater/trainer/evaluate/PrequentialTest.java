package io.headwater.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PrequentialTest {
  private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");

  private static Served served(String id, int classIndex, String slice, Duration delay) {
    return new Served(
        id, "v1", new float[] {0.2f, 0.8f}, 1, classIndex, THEN, THEN.plus(delay), slice);
  }

  private static Served served(String id, int classIndex) {
    return served(id, classIndex, "", Duration.ZERO);
  }

  private static double accuracy(Figures figures) {
    return ((Evaluation) figures).accuracy();
  }

  @Test
  void report_ofNothing_isEmpty() {
    assertThat(new Prequential(10, 2).report()).isEmpty();
  }

  @Test
  void report_moreThanTheWindow_judgesTheNewest() {
    Prequential prequential = new Prequential(2, 0);
    prequential.add(served("a", 0));
    prequential.add(served("b", 1));
    prequential.add(served("c", 1));
    assertThat(accuracy(prequential.report().orElseThrow().all())).isEqualTo(1);
    assertThat(prequential.report().orElseThrow().all().count()).isEqualTo(2);
  }

  @Test
  void add_ofACorrectedLabel_judgesTheSameAnswerAnew() {
    Prequential prequential = new Prequential(2, 0);
    prequential.add(served("a", 1));
    prequential.add(served("b", 1));
    prequential.add(served("a", 0));
    assertThat(prequential.size()).isEqualTo(2);
    assertThat(accuracy(prequential.report().orElseThrow().all())).isEqualTo(0.5);
  }

  @Test
  void slices_moreThanAllowed_keepTheFrequentAndPoolTheRest() {
    Prequential prequential = new Prequential(10, 1);
    prequential.add(served("a", 1, "AT", Duration.ZERO));
    prequential.add(served("b", 0, "CH", Duration.ZERO));
    prequential.add(served("c", 0, "CH", Duration.ZERO));
    prequential.add(served("d", 1, "DE", Duration.ZERO));
    prequential.add(served("e", 1));
    Prequential.Report report = prequential.report().orElseThrow();
    assertThat(report.slices()).containsOnlyKeys("CH", Prequential.Report.OTHER);
    assertThat(accuracy(report.slices().get("CH"))).isZero();
    assertThat(report.slices().get(Prequential.Report.OTHER).count()).isEqualTo(2);
  }

  @Test
  void medianDelay_ofLateLabels_isTheMiddleOne() {
    Prequential prequential = new Prequential(10, 0);
    prequential.add(served("a", 1, "", Duration.ofDays(30)));
    prequential.add(served("b", 1, "", Duration.ofDays(-1)));
    prequential.add(served("c", 1, "", Duration.ofDays(2)));
    assertThat(prequential.report().orElseThrow().medianDelay()).isEqualTo(Duration.ofDays(2));
  }

  @Test
  void loss_ofAnAnswer_isHalfTheBrierScore() {
    assertThat(served("a", 1).loss()).isCloseTo(0.04, Offset.offset(1e-7));
    assertThat(served("a", 0).loss()).isCloseTo(0.64, Offset.offset(1e-7));
  }

  @Test
  void report_ofNumbers_judgesTheirErrors() {
    Prequential prequential = new Prequential(10, 1);
    for (int i = 0; i < 4; i++) {
      prequential.add(
          new ServedValue("e" + i, "v", i + 1, i, Instant.EPOCH, Instant.EPOCH, "s=" + i / 3));
    }
    Prequential.Report report = prequential.report().orElseThrow();
    assertThat(((ValueFigures) report.all()).rmse()).isEqualTo(1);
    assertThat(report.classes()).isEmpty();
    assertThat(report.slices()).containsOnlyKeys("s=0", Prequential.Report.OTHER);
  }
}
