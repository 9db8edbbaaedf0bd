package io.headwater.trainer.round;

import io.headwater.trainer.evaluate.Comparison;
import io.headwater.trainer.evaluate.Evaluation;
import io.headwater.trainer.evaluate.Signal;
import io.headwater.trainer.evaluate.Temperature;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.TargetScale;
import io.headwater.trainer.tune.Targets;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One of several classes.
 *
 * @param decide the class that the version's thresholds decide for
 */
record ClassGoal(ToIntFunction<float[]> decide) implements Goal {
  private static final double LEAST_PROBABILITY = 1e-7;

  @Override
  public Optional<String> nothingToLearn(List<ReplayExample> examples) {
    return examples.stream().mapToInt(ReplayExample::classIndex).distinct().count() < 2
        ? Optional.of("all %d examples to train on are of one class".formatted(examples.size()))
        : Optional.empty();
  }

  @Override
  public @Nullable TargetScale scale(HeadGraph head, List<ReplayExample> examples) {
    return null;
  }

  @Override
  public Targets targets(List<ReplayExample> examples, @Nullable TargetScale scale) {
    return new Targets.Classes(classes(examples));
  }

  @Override
  public Optional<Signal> signal(float[][] answers, List<ReplayExample> judges, long seed) {
    return Optional.of(Signal.of(answers, classes(judges), seed));
  }

  @Override
  public Comparison compare(
      float[][] candidate,
      float[][] champion,
      List<ReplayExample> judges,
      List<ReplayExample> trained) {
    int[] classes = classes(judges);
    return Comparison.of(
        evaluate(candidate, classes),
        evaluate(champion, classes),
        right(candidate, classes),
        right(champion, classes));
  }

  /** Log-loss. */
  @Override
  public double[] losses(float[][] answers, List<ReplayExample> judges) {
    return losses(answers, classes(judges));
  }

  /** Log-loss once a temperature fits the answers to the examples. */
  double[] calibratedLosses(float[][] answers, List<ReplayExample> judges) {
    int[] classes = classes(judges);
    return losses(Temperature.fit(answers, classes).applied(answers), classes);
  }

  static double[] losses(float[][] probabilities, int[] classes) {
    double[] losses = new double[classes.length];
    for (int i = 0; i < losses.length; i++) {
      losses[i] = -Math.log(Math.max(LEAST_PROBABILITY, probabilities[i][classes[i]]));
    }
    return losses;
  }

  private static int[] classes(List<ReplayExample> examples) {
    return examples.stream().mapToInt(ReplayExample::classIndex).toArray();
  }

  private Evaluation evaluate(float[][] probabilities, int[] classes) {
    int[] decisions = new int[probabilities.length];
    for (int i = 0; i < decisions.length; i++) {
      decisions[i] = decide.applyAsInt(probabilities[i]);
    }
    return Evaluation.of(probabilities, decisions, classes);
  }

  private boolean[] right(float[][] probabilities, int[] classes) {
    boolean[] right = new boolean[probabilities.length];
    for (int i = 0; i < right.length; i++) {
      right[i] = decide.applyAsInt(probabilities[i]) == classes[i];
    }
    return right;
  }
}
