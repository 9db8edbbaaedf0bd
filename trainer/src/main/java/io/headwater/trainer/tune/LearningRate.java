package io.headwater.trainer.tune;

/**
 * A learning rate that rises linearly to its peak and falls to 0 along half a cosine (Loshchilov
 * and Hutter, SGDR, 2017, without restarts).
 *
 * @param warmUp steps until the peak
 * @param steps all steps
 */
record LearningRate(double peak, long warmUp, long steps) {
  /** The rate of a step, counted from 0. */
  double at(long step) {
    if (step < warmUp) {
      return peak * (step + 1) / warmUp;
    }
    double progress = (double) (step - warmUp) / Math.max(1, steps - warmUp);
    return peak * 0.5 * (1 + Math.cos(Math.PI * progress));
  }
}
