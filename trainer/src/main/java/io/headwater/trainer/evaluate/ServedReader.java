package io.headwater.trainer.evaluate;

import static java.util.Objects.requireNonNull;

import io.headwater.schemas.Example;
import io.headwater.schemas.GivenScore;
import io.headwater.schemas.Stage;
import java.util.List;
import java.util.Optional;

/**
 * Takes the champion's answer and the truth out of records of the training log.
 *
 * @param labels class names, in the order of the head's outputs; empty where labels are numbers
 */
public record ServedReader(List<String> labels) {
  public ServedReader {
    labels = List.copyOf(labels);
  }

  /** Empty where no version in production answered, or where labels or answer are not of these. */
  public Optional<Answered> read(Example example) {
    return labels.isEmpty() ? value(example) : classes(example);
  }

  private static Optional<Answered> value(Example example) {
    Double truth = example.getValue();
    return production(example)
        .filter(score -> truth != null && score.getValue() != null)
        .map(
            score ->
                new ServedValue(
                    example.getEventId(),
                    score.getVersion(),
                    requireNonNull(score.getValue()),
                    requireNonNull(truth),
                    score.getScoredAt(),
                    example.getLabeledAt(),
                    ""));
  }

  private static Optional<GivenScore> production(Example example) {
    return example.getScores().stream()
        .filter(score -> score.getStage() == Stage.PRODUCTION)
        .findFirst();
  }

  private Optional<Answered> classes(Example example) {
    int truth = labels.indexOf(example.getLabel());
    return production(example)
        .filter(score -> truth >= 0 && isOfThese(score))
        .map(
            score ->
                new Served(
                    example.getEventId(),
                    score.getVersion(),
                    floats(score.getProbabilities()),
                    labels.indexOf(score.getDecision()),
                    truth,
                    score.getScoredAt(),
                    example.getLabeledAt(),
                    ""));
  }

  private boolean isOfThese(GivenScore score) {
    return labels.contains(score.getDecision())
        && score.getProbabilities().size() == labels.size()
        && score.getProbabilities().stream().allMatch(Float::isFinite);
  }

  private static float[] floats(List<Float> numbers) {
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = numbers.get(i);
    }
    return floats;
  }
}
