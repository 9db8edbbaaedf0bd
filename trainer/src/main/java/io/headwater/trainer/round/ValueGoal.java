package io.headwater.trainer.round;

import io.headwater.trainer.evaluate.Comparison;
import io.headwater.trainer.evaluate.Signal;
import io.headwater.trainer.evaluate.ValueFigures;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.TargetScale;
import io.headwater.trainer.tune.Targets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** A number. */
record ValueGoal() implements Goal {
  @Override
  public Optional<String> nothingToLearn(List<ReplayExample> examples) {
    return Arrays.stream(numbers(examples)).distinct().count() < 2
        ? Optional.of("all %d examples to train on have the same number".formatted(examples.size()))
        : Optional.empty();
  }

  @Override
  public TargetScale scale(HeadGraph head, List<ReplayExample> examples) {
    return TargetScale.of(head, numbers(examples));
  }

  @Override
  public Targets targets(List<ReplayExample> examples, @Nullable TargetScale scale) {
    return Objects.requireNonNull(scale).applied(numbers(examples));
  }

  @Override
  public Optional<Signal> signal(float[][] answers, List<ReplayExample> judges, long seed) {
    return Optional.empty();
  }

  @Override
  public Comparison compare(
      float[][] candidate,
      float[][] champion,
      List<ReplayExample> judges,
      List<ReplayExample> trained) {
    double[] truths = numbers(judges);
    OptionalDouble constant = Arrays.stream(numbers(trained)).average();
    double[] ours = first(candidate);
    double[] theirs = first(champion);
    return Comparison.ofValues(
        ValueFigures.of(ours, truths, constant),
        ValueFigures.of(theirs, truths, constant),
        errors(ours, truths),
        errors(theirs, truths));
  }

  /** The squared error. */
  @Override
  public double[] losses(float[][] answers, List<ReplayExample> judges) {
    return Arrays.stream(errors(first(answers), numbers(judges)))
        .map(error -> error * error)
        .toArray();
  }

  static double[] numbers(List<ReplayExample> examples) {
    return examples.stream().mapToDouble(ReplayExample::number).toArray();
  }

  private static double[] first(float[][] rows) {
    return Arrays.stream(rows).mapToDouble(row -> row[0]).toArray();
  }

  private static double[] errors(double[] values, double[] truths) {
    double[] errors = new double[truths.length];
    for (int i = 0; i < errors.length; i++) {
      errors[i] = values[i] - truths[i];
    }
    return errors;
  }
}
