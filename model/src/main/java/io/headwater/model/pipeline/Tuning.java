package io.headwater.model.pipeline;

import java.util.Map;

/**
 * How a training descends, beyond its epochs, batch and rates.
 *
 * @param freeze how much of the model it changes
 * @param segmentEpochs passes over the examples where segments before the head train as well
 * @param segmentRate factor on the learning rate of weights before the head, in (0, 1]
 * @param pull how strongly weights are drawn back to where they started; 0 for not at all
 * @param smoothing share of each label that is spread over all classes, in [0, 1)
 * @param balance whether each class counts alike, however many examples it has
 * @param classWeights factors on the weights of a label's examples, each above 0; others have 1
 * @param accumulation batches that make one optimiser step together
 * @param patience epochs without a lower held-out loss after which training stops; 0 for never
 * @param warmUp share of the steps over which the learning rate rises, in [0, 1)
 * @param clip largest norm of a step's gradient
 * @param activationBytes what the activations that the trainer recomputes may take in memory
 * @param budget share of the time that steps may take, in (0, 1]; the trainer rests for the
 *     remainder
 * @param cacheBytes what the same may take on disk; 0 for nothing
 */
public record Tuning(
    FreezeRule freeze,
    int segmentEpochs,
    double segmentRate,
    double pull,
    double smoothing,
    boolean balance,
    Map<String, Double> classWeights,
    int accumulation,
    int patience,
    double warmUp,
    double clip,
    long activationBytes,
    double budget,
    long cacheBytes) {

  /** What a pipeline file without any of the keys says. */
  public static final Tuning DEFAULT =
      new Tuning(
          FreezeRule.DEFAULT,
          5,
          0.1,
          0,
          0,
          true,
          Map.of(),
          1,
          0,
          0.1,
          1,
          256L << 20,
          1,
          512L << 20);

  public Tuning {
    classWeights = Map.copyOf(classWeights);
  }
}
