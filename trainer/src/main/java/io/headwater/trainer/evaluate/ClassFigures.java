package io.headwater.trainer.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How well one class is told from the others.
 *
 * @param index of the class
 * @param count examples of it
 * @param decided examples decided to be of it
 * @param precision share of the latter that are of it; empty where none was decided
 * @param recall share of its examples that were decided so; empty where there is none
 * @param auc chance that one of it ranks above another by its probability; empty where either is
 *     missing
 * @param averagePrecision area under precision over recall; empty where there is none of it
 */
public record ClassFigures(
    int index,
    int count,
    int decided,
    OptionalDouble precision,
    OptionalDouble recall,
    OptionalDouble auc,
    OptionalDouble averagePrecision) {

  /**
   * The figures of every class.
   *
   * @param probabilities a row per example, a column per class
   * @param decisions the class decided for, per example
   * @param classes the true class, per example
   */
  public static List<ClassFigures> of(float[][] probabilities, int[] decisions, int[] classes) {
    List<ClassFigures> figures = new ArrayList<>();
    int columns = probabilities.length == 0 ? 0 : probabilities[0].length;
    for (int c = 0; c < columns; c++) {
      int count = 0;
      int decided = 0;
      int both = 0;
      for (int i = 0; i < classes.length; i++) {
        count += classes[i] == c ? 1 : 0;
        decided += decisions[i] == c ? 1 : 0;
        both += classes[i] == c && decisions[i] == c ? 1 : 0;
      }
      double[] scores = Evaluation.column(probabilities, c);
      boolean[] members = Evaluation.members(classes, c);
      figures.add(
          new ClassFigures(
              c,
              count,
              decided,
              share(both, decided),
              share(both, count),
              RankSum.auc(scores, members),
              AveragePrecision.of(scores, members)));
    }
    return figures;
  }

  private static OptionalDouble share(int part, int whole) {
    return whole == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) part / whole);
  }
}
