package io.headwater.trainer.tune;

import io.headwater.trainer.gradient.Loss;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a tuning may do besides descending.
 *
 * @param loss what is made small
 * @param smoothing share of each target that is spread evenly over all classes, in [0, 1)
 * @param pull how strongly a warm start's weights are drawn back to where they started, per unit of
 *     learning rate (L2-SP: Li, Grandvalet and Davoine, Explicit Inductive Bias for Transfer
 *     Learning, 2018; decoupled from the gradient as weight decay is); 0 for not at all
 * @param accumulation batches whose gradients make one step together
 * @param patience epochs without a lower loss on held-out examples after which the tuning stops
 *     with the best epoch's weights; 0 for never
 * @param classWeights how much an example of each class counts besides, by index; empty for alike
 * @param segmentRate factor on the learning rate of weights in front of the head (discriminative
 *     fine-tuning: Howard and Ruder, Universal Language Model Fine-tuning, 2018), in (0, 1]
 */
public record Refinements(
    Loss loss,
    double smoothing,
    double pull,
    int accumulation,
    int patience,
    List<Double> classWeights,
    double segmentRate) {
  /** Softmax cross-entropy and nothing else. */
  public static final Refinements NONE = new Refinements(Loss.softmax(), 0, 0, 1, 0);

  public Refinements {
    classWeights = List.copyOf(classWeights);
    require(smoothing >= 0 && smoothing < 1, "smoothing", smoothing);
    require(pull >= 0 && Double.isFinite(pull), "pull", pull);
    require(accumulation > 0, "accumulation", accumulation);
    require(patience >= 0, "patience", patience);
    require(segmentRate > 0 && segmentRate <= 1, "segmentRate", segmentRate);
    boolean crossEntropy = loss.kind() != Loss.Kind.SQUARED && loss.kind() != Loss.Kind.HUBER;
    require(smoothing == 0 || crossEntropy, "smoothing of a regression", smoothing);
    for (double weight : classWeights) {
      require(weight > 0 && Double.isFinite(weight), "a class weight", weight);
    }
  }

  /** Refinements under which the classes count alike. */
  public Refinements(Loss loss, double smoothing, double pull, int accumulation, int patience) {
    this(loss, smoothing, pull, accumulation, patience, List.of(), 1);
  }

  /** The same with weights of the classes. */
  public Refinements weighing(List<Double> classes) {
    return new Refinements(loss, smoothing, pull, accumulation, patience, classes, segmentRate);
  }

  /** The same with another loss. */
  public Refinements losing(Loss other) {
    return new Refinements(
        other, smoothing, pull, accumulation, patience, classWeights, segmentRate);
  }

  /** The same with another pull. */
  public Refinements pulling(double other) {
    return new Refinements(
        loss, smoothing, other, accumulation, patience, classWeights, segmentRate);
  }

  void describe(Map<String, String> settings) {
    settings.put("accumulation", Integer.toString(accumulation));
    if (!classWeights.isEmpty()) {
      settings.put(
          "class-weights",
          classWeights.stream().map(String::valueOf).collect(Collectors.joining(",")));
    }
    settings.put("label-smoothing", Double.toString(smoothing));
    settings.put("loss", loss.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    if (loss.kind() == Loss.Kind.HUBER) {
      settings.put("loss.delta", Double.toString(loss.delta()));
    }
    settings.put("patience", Integer.toString(patience));
    settings.put("pull", Double.toString(pull));
    settings.put("segment-rate", Double.toString(segmentRate));
  }

  private static void require(boolean holds, String name, Number value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " can't be " + value);
    }
  }
}
