package io.headwater.trainer.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.HeadRunner;
import io.headwater.trainer.tune.Heads;
import io.headwater.trainer.tune.TuneOutcome.Tuned;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CrossFitTest {
  private static final HeadGraph HEAD = Heads.mlp(4, 0, 2, 1);
  private static final Rows ROWS = Replays.rows(Heads.clouds(23, 4, 1, 2));

  private static Set<String> ids(Rows rows) {
    return rows.examples().stream().map(ReplayExample::eventId).collect(Collectors.toSet());
  }

  @Test
  void answers_eachFold_isLeftOutOnceAndOlderExamplesNever() {
    List<Set<String>> learnt = new ArrayList<>();
    CrossFit fit =
        new CrossFit(
            HEAD,
            ROWS,
            10,
            5,
            7,
            rows -> {
              learnt.add(ids(rows));
              return new Tuned(HEAD.weights(), List.of());
            });
    assertThat(fit.answers(1)[0]).hasDimensions(10, 2);
    assertThat(learnt).hasSize(5);
    Set<String> left = new HashSet<>();
    for (Set<String> one : learnt) {
      Set<String> out = ids(ROWS);
      out.removeAll(one);
      assertThat(out).hasSize(2);
      left.addAll(out);
    }
    assertThat(left).isEqualTo(ids(ROWS.part(13, 23)));
  }

  @Test
  void answers_noneOfTheWay_areTheGraphsOwnInTheRowsOrder() {
    CrossFit fit = new CrossFit(HEAD, ROWS, 10, 5, 7, rows -> new Tuned(HEAD.weights(), List.of()));
    float[][] own = HeadRunner.probabilities(HEAD, ROWS.part(13, 23).unlabelled());
    float[][][] answers = fit.answers(0, 1);
    for (int i = 0; i < own.length; i++) {
      assertThat(answers[0][i]).isEqualTo(own[i]);
      assertThat(answers[1][i]).isEqualTo(own[i]);
    }
  }

  @Test
  void answers_fewerExamplesThanFolds_areAllGiven() {
    CrossFit fit = new CrossFit(HEAD, ROWS, 3, 5, 7, rows -> new Tuned(HEAD.weights(), List.of()));
    assertThat(fit.answers(1)[0]).hasDimensions(3, 2);
  }
}
