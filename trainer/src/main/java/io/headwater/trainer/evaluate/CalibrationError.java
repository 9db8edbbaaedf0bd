package io.headwater.trainer.evaluate;

import java.util.Arrays;
import java.util.Comparator;

/**
 * The expected calibration error of the most probable class: how far confidence lies from accuracy,
 * bin by bin, weighted by the bins' examples (Guo et al., On Calibration of Modern Neural Networks,
 * 2017).
 *
 * <p>The bins are of equal mass: each holds a tenth of the examples, in the order of confidence,
 * and equal confidences share a bin. Bins of equal width leave most of a good model's examples in
 * one bin, and are the more biased estimate (Roelofs et al., Mitigating Bias in Calibration Error
 * Estimation, 2022).
 */
final class CalibrationError {
  private static final int BINS = 10;

  private CalibrationError() {}

  private record Answer(double confidence, boolean right) {}

  static double of(float[][] probabilities, int[] classes) {
    Answer[] answers = new Answer[classes.length];
    for (int i = 0; i < answers.length; i++) {
      int top = Evaluation.mostProbable(probabilities[i]);
      answers[i] = new Answer(probabilities[i][top], top == classes[i]);
    }
    Arrays.sort(answers, Comparator.comparingDouble(Answer::confidence));
    double error = 0;
    int from = 0;
    for (int bin = 1; bin <= BINS; bin++) {
      int to = Math.max(from, (int) ((long) answers.length * bin / BINS));
      while (to > from
          && to < answers.length
          && answers[to].confidence() == answers[to - 1].confidence()) {
        to++;
      }
      double gap = 0;
      for (int i = from; i < to; i++) {
        gap += answers[i].confidence() - (answers[i].right() ? 1 : 0);
      }
      error += Math.abs(gap);
      from = to;
    }
    return error / answers.length;
  }
}
