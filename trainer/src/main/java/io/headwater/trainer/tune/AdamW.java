package io.headwater.trainer.tune;

/**
 * Adam with decoupled weight decay over one weight tensor (Loshchilov and Hutter, Decoupled Weight
 * Decay Regularization, 2019, algorithm 2, with the schedule's rate applied to the decay as well).
 */
final class AdamW {
  private final float beta1;
  private final float beta2;
  private final double epsilon;
  private final double decay;
  private final float[] mean;
  private final float[] square;
  private long steps;

  /**
   * Starts with no memory of gradients.
   *
   * @param decay weight decay per unit of learning rate; 0 for biases
   */
  AdamW(int size, TuneSettings settings, double decay) {
    this.beta1 = (float) settings.beta1();
    this.beta2 = (float) settings.beta2();
    this.epsilon = settings.epsilon();
    this.decay = decay;
    this.mean = new float[size];
    this.square = new float[size];
  }

  /** Changes the weights by one step down the gradient times {@code scale}. */
  void step(float[] weights, float[] gradient, float scale, double rate) {
    step(weights, gradient, scale, rate, new float[0], 0);
  }

  /**
   * Changes the weights by one step down the gradient times {@code scale}, and towards an anchor.
   *
   * @param anchor where they are drawn to; may be empty where {@code pull} is 0
   * @param pull how strongly, per unit of learning rate
   */
  void step(
      float[] weights, float[] gradient, float scale, double rate, float[] anchor, double pull) {
    steps++;
    double correction1 = 1 - Math.pow(beta1, (double) steps);
    double correction2 = Math.sqrt(1 - Math.pow(beta2, (double) steps));
    // rate * m / c1 / (sqrt(v) / c2 + eps), with both corrections moved out of the loop.
    float stride = (float) (rate * correction2 / correction1);
    float eps = (float) (epsilon * correction2);
    float keep = (float) (1 - rate * decay);
    float back = (float) Math.min(1, rate * pull);
    for (int i = 0; back > 0 && i < weights.length; i++) {
      weights[i] += back * (anchor[i] - weights[i]);
    }
    for (int i = 0; i < weights.length; i++) {
      float g = gradient[i] * scale;
      mean[i] = beta1 * mean[i] + (1 - beta1) * g;
      square[i] = beta2 * square[i] + (1 - beta2) * g * g;
      weights[i] = weights[i] * keep - stride * mean[i] / ((float) Math.sqrt(square[i]) + eps);
    }
  }
}
