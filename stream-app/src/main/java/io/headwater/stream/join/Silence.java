package io.headwater.stream.join;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.stream.held.HeldLabel;
import io.headwater.stream.held.HeldScore;
import io.headwater.stream.ingest.TimeBounds;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * What it means that an event has no label once it is mature: a label of its own, which any label
 * that does come takes the place of.
 *
 * @param maturityMillis from the event's time on, by the events' clock
 * @param label the class that the silence stands for
 */
public record Silence(long maturityMillis, String label) {
  /** Below every revision that a label may have. */
  public static final int REVISION = -1;

  /** The source that an example made of silence names. */
  public static final String SOURCE = "unlabelled";

  /** What the pipeline says of silence; empty where it means nothing. */
  static Optional<Silence> of(Pipeline.Feedback feedback) {
    return Optional.ofNullable(feedback.silence())
        .map(
            silence ->
                new Silence(TimeBounds.saturatedMillis(silence.maturity()), silence.label()));
  }

  /** The label that stands for silence about an event; known when the event matured. */
  HeldLabel about(HeldScore score) {
    return HeldLabel.newBuilder()
        .setLabel(label)
        .setLabeledAt(TimeBounds.saturatedSum(score.getEventTime(), maturityMillis))
        .setSource(SOURCE)
        .setRevision(REVISION)
        .setWeight(1)
        .setPropensity(null)
        .setPartition(score.getPartition())
        .setOffset(score.getOffset())
        .setOriginalKey(null)
        .setOriginalValue(ByteBuffer.allocate(0))
        .setOriginalHeaders(List.of())
        .build();
  }
}
