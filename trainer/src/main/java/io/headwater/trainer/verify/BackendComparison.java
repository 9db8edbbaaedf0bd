package io.headwater.trainer.verify;

import io.headwater.trainer.gradient.GradientGraph;
import io.headwater.trainer.verify.BackendCase.Verdict;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/**
 * Compares a case's gradient with finite differences, element by element, on some elements of each
 * input.
 *
 * <p>Where the slopes to the left and to the right differ at every step size, as at the kink of a
 * maximum, an element isn't judged.
 */
final class BackendComparison {
  private static final float[] STEPS = {1e-2f, 3e-3f, 1e-3f};
  private static final int ELEMENTS = 40;
  private static final double KINK = 0.01;
  private static final double TOLERANCE = 2e-2;
  private static final double ROUNDING = 2e-5;

  private final FloatRun run;
  private final GradientGraph both;
  private final Map<String, float[]> values;
  private final Map<String, long[]> dims;
  private final Random random;

  BackendComparison(
      FloatRun run,
      GradientGraph both,
      Map<String, float[]> values,
      Map<String, long[]> dims,
      Random random) {
    this.run = run;
    this.both = both;
    this.values = values;
    this.dims = dims;
    this.random = random;
  }

  BackendCase judge(String name) {
    boolean judged = false;
    for (Map.Entry<String, String> gradient : both.gradients().entrySet()) {
      String input = gradient.getKey();
      FloatRun.Answer actual = run.answer(values, dims, gradient.getValue());
      if (!Arrays.equals(actual.dims(), dims.get(input))) {
        return new BackendCase(
            name, Verdict.GRADIENT_DIFFERS, "the shape of the gradient of '" + input + "'");
      }
      double scale = 1e-2;
      for (float element : actual.values()) {
        scale = Math.max(scale, Math.abs(element));
      }
      float[] x = values.getOrDefault(input, new float[0]);
      for (int k = 0; k < Math.min(ELEMENTS, x.length); k++) {
        int i = x.length <= ELEMENTS ? k : random.nextInt(x.length);
        Judgement judgement = judge(x, i, actual.values()[i], scale);
        if (judgement == Judgement.WRONG) {
          return new BackendCase(
              name,
              Verdict.GRADIENT_DIFFERS,
              "element " + i + " of the gradient of '" + input + "'");
        }
        judged |= judgement == Judgement.RIGHT;
      }
    }
    return judged
        ? new BackendCase(name, Verdict.PASSED, "")
        : new BackendCase(name, Verdict.NOT_APPLICABLE, "all elements lie at kinks");
  }

  private enum Judgement {
    RIGHT,
    WRONG,
    AT_A_KINK
  }

  private Judgement judge(float[] x, int i, float gradient, double scale) {
    Judgement judgement = Judgement.AT_A_KINK;
    double here = product();
    float old = x[i];
    for (float step : STEPS) {
      x[i] = old + step;
      double up = product();
      double above = (double) x[i] - old;
      x[i] = old - step;
      double down = product();
      double below = old - (double) x[i];
      x[i] = old;
      double right = (up - here) / above;
      double left = (here - down) / below;
      double slope = (up - down) / (above + below);
      if (!Double.isFinite(slope) || Math.abs(right - left) > KINK * scale) {
        continue;
      }
      double allowed = TOLERANCE * scale + ROUNDING * Math.abs(here);
      if (Math.abs(slope - gradient) <= allowed) {
        return Judgement.RIGHT;
      }
      judgement = Judgement.WRONG;
    }
    return judgement;
  }

  private double product() {
    float[] answer = run.output(values, dims, both.output());
    float[] seed = values.getOrDefault(both.seed(), new float[0]);
    double product = 0;
    for (int i = 0; i < answer.length; i++) {
      product += (double) answer[i] * seed[i];
    }
    return product;
  }
}
