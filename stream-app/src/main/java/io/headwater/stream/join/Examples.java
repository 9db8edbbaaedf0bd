package io.headwater.stream.join;

import io.headwater.schemas.Activation;
import io.headwater.schemas.EventPointer;
import io.headwater.schemas.Example;
import io.headwater.schemas.GivenScore;
import io.headwater.schemas.Stage;
import io.headwater.stream.held.HeldLabel;
import io.headwater.stream.held.HeldScore;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a line of the training log of a score and a label. */
final class Examples {
  private Examples() {}

  static Example of(String eventId, HeldScore score, HeldLabel label, String eventsTopic) {
    return Example.newBuilder()
        .setEventId(eventId)
        .setEventTime(Instant.ofEpochMilli(score.getEventTime()))
        .setLabel(label.getLabel())
        .setLabeledAt(Instant.ofEpochMilli(label.getLabeledAt()))
        .setSource(label.getSource())
        .setRevision(label.getRevision())
        .setWeight(label.getWeight())
        .setPropensity(label.getPropensity())
        .setValue(label.getValue())
        .setFields(score.getFields())
        .setScores(
            List.of(
                GivenScore.newBuilder()
                    .setVersion(score.getVersion())
                    .setStage(Stage.valueOf(score.getStage()))
                    .setDecision(score.getDecision())
                    .setProbabilities(score.getProbabilities())
                    .setScoredAt(Instant.ofEpochMilli(score.getScoredAt()))
                    .setValue(score.getValue())
                    .build()))
        .setActivation(activation(score))
        .setEvent(
            EventPointer.newBuilder()
                .setTopic(eventsTopic)
                .setPartition(score.getPartition())
                .setOffset(score.getOffset())
                .build())
        .build();
  }

  private static @Nullable Activation activation(HeldScore score) {
    return score.getActivation().hasRemaining()
        ? Activation.newBuilder()
            .setPrefix(score.getPrefix())
            .setValues(score.getActivation().duplicate())
            .build()
        : null;
  }
}
