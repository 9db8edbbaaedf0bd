package io.headwater.trainer.evaluate;

import io.headwater.trainer.evaluate.Evaluation.Measure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A candidate and the champion judged on the same examples.
 *
 * @param gain the candidate's accuracy minus the champion's; of numbers, the share by which its
 *     RMSE is lower
 * @param difference range of that
 * @param slices the same of parts of the examples, by name
 */
public record Comparison(
    Figures candidate,
    Figures champion,
    double gain,
    Interval difference,
    Map<String, Comparison> slices) {
  public Comparison {
    slices = new LinkedHashMap<>(slices);
  }

  /**
   * Pairs two that answer with classes.
   *
   * @param candidateRight whether the candidate decided each example rightly
   * @param championRight the same of the champion
   */
  public static Comparison of(
      Evaluation candidate,
      Evaluation champion,
      boolean[] candidateRight,
      boolean[] championRight) {
    return new Comparison(
        candidate,
        champion,
        candidate.accuracy() - champion.accuracy(),
        Interval.ofPairedDifference(candidateRight, championRight),
        Map.of());
  }

  /**
   * Pairs two that answer with numbers.
   *
   * @param candidateErrors of each example
   * @param championErrors the same of the champion
   */
  public static Comparison ofValues(
      ValueFigures candidate,
      ValueFigures champion,
      double[] candidateErrors,
      double[] championErrors) {
    double gain = Interval.lower(candidate.rmse(), champion.rmse());
    return new Comparison(
        candidate, champion, gain, Interval.ofRootRatio(candidateErrors, championErrors), Map.of());
  }

  /** The same with parts. */
  public Comparison sliced(Map<String, Comparison> parts) {
    return new Comparison(candidate, champion, gain, difference, parts);
  }

  /** The candidate's figures by name, those of slices among them, in ascending order. */
  public List<Measure> held() {
    return held(candidate, true);
  }

  /** Every figure by name, {@code candidate.accuracy} and the like. */
  public List<Measure> measures() {
    List<Measure> measures = new ArrayList<>();
    for (Measure measure : held(candidate, true)) {
      measures.add(new Measure("candidate." + measure.name(), measure.value()));
    }
    for (Measure measure : held(champion, false)) {
      measures.add(new Measure("champion." + measure.name(), measure.value()));
    }
    measures.add(new Measure("gain", gain));
    measures.add(new Measure("gain.high", difference.high()));
    measures.add(new Measure("gain.low", difference.low()));
    return measures;
  }

  private List<Measure> held(Figures all, boolean ofCandidate) {
    List<Measure> measures = new ArrayList<>(all.measures());
    slices.forEach(
        (name, part) -> {
          Figures figures = ofCandidate ? part.candidate : part.champion;
          String prefix = "slice." + name + ".";
          measures.add(new Measure(prefix + "count", figures.count()));
          figures
              .headline()
              .forEach(one -> measures.add(new Measure(prefix + one.name(), one.value())));
        });
    measures.sort((a, b) -> a.name().compareTo(b.name()));
    return measures;
  }
}
