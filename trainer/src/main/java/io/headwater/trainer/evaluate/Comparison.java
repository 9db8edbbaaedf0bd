package io.headwater.trainer.evaluate;

import io.headwater.trainer.evaluate.Evaluation.Measure;
import java.util.ArrayList;
import java.util.List;

/**
 * A candidate and the champion judged on the same examples.
 *
 * @param difference range of the candidate's accuracy minus the champion's
 */
public record Comparison(Evaluation candidate, Evaluation champion, Interval difference) {
  /**
   * Pairs the two.
   *
   * @param candidateRight whether the candidate decided each example rightly
   * @param championRight the same of the champion
   */
  public static Comparison of(
      Evaluation candidate,
      Evaluation champion,
      boolean[] candidateRight,
      boolean[] championRight) {
    int onlyCandidate = 0;
    int onlyChampion = 0;
    for (int i = 0; i < candidateRight.length; i++) {
      onlyCandidate += candidateRight[i] && !championRight[i] ? 1 : 0;
      onlyChampion += championRight[i] && !candidateRight[i] ? 1 : 0;
    }
    return new Comparison(
        candidate,
        champion,
        Interval.ofPairedDifference(onlyCandidate, onlyChampion, candidateRight.length));
  }

  /** The candidate's accuracy minus the champion's. */
  public double gain() {
    return candidate.accuracy() - champion.accuracy();
  }

  /** Every figure by name, {@code candidate.accuracy} and the like. */
  public List<Measure> measures() {
    List<Measure> measures = new ArrayList<>();
    for (Measure measure : candidate.measures()) {
      measures.add(new Measure("candidate." + measure.name(), measure.value()));
    }
    for (Measure measure : champion.measures()) {
      measures.add(new Measure("champion." + measure.name(), measure.value()));
    }
    measures.add(new Measure("gain", gain()));
    measures.add(new Measure("gain.high", difference.high()));
    measures.add(new Measure("gain.low", difference.low()));
    return measures;
  }
}
