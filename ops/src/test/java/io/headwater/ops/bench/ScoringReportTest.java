package io.headwater.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headwater.model.runtime.LoadedModel;
import io.headwater.schemas.Score;
import io.headwater.schemas.serde.JsonEvents;
import io.headwater.schemas.serde.RecordSerde;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScoringReportTest {
  private final Workload workload = Workloads.numbers(8, 1);

  @Test
  void ratio_isThatOfMedians_withTheSpreadWithinRounds() {
    ScoringReport report =
        ScoringReport.of(
            workload,
            1,
            List.of(
                new Measured(Contender.HEADWATER, 50, 9),
                new Measured(Contender.PASSTHROUGH, 100, 5),
                new Measured(Contender.PASSTHROUGH, 60, 5),
                new Measured(Contender.HEADWATER, 60, 8),
                new Measured(Contender.HEADWATER, 70, 7),
                new Measured(Contender.PASSTHROUGH, 80, 5)));
    ScoringReport.Ratio ratio = report.ratio(Contender.HEADWATER, Contender.PASSTHROUGH);
    assertThat(ratio.ours()).isEqualTo(0.75);
    assertThat(ratio.least()).isEqualTo(0.5);
    assertThat(ratio.greatest()).isEqualTo(1.0);
    assertThat(report.text()).contains("headwater    is 0.75 of passthrough (0.50 to 1.00)");
    assertThat(report.json()).contains("\"cpuSecondsPerMillion\" : 8.0");
  }

  @Test
  void byHand_inAnyBatch_givesTheScoresOfTheLoadedModel() throws Exception {
    List<byte[]> events = IntStream.range(0, 7).mapToObj(workload.event()).toList();
    RecordSerde<Score> scores = RecordSerde.json(Score.class);
    try (LoadedModel model = LoadedModel.load(workload.version());
        ByHand hand = new ByHand(workload.pipeline(), workload.version(), 3)) {
      List<byte[]> answers = hand.score(events);
      for (int i = 0; i < events.size(); i++) {
        Score score = scores.read(answers.get(i));
        assertThat(score.getEventId()).isEqualTo("e" + i);
        float[] expected =
            model
                .score(List.of(model.featurise(new JsonEvents(1 << 20).decode(events.get(i)))))
                .get(0)
                .probabilities();
        assertThat(score.getProbabilities().get(1)).isCloseTo(expected[1], within(1e-5f));
      }
    }
  }
}
