package io.headwater.stream.join;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.stream.held.HeldLabel;
import io.headwater.stream.held.HeldScore;
import io.headwater.stream.meter.ScorerMeters;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.state.StoreBuilder;

/** The part of the topology that joins scores and labels by event id. */
public final class FeedbackTopology {
  private FeedbackTopology() {}

  /**
   * Joins two streams keyed by event id.
   *
   * <p>They are repartitioned unless the pipeline says that both topics already are: clients
   * disagree on the partition of a key, so equal counts don't make two topics agree.
   */
  public static KStream<byte[], JoinOutcome> join(
      Pipeline pipeline,
      KStream<String, HeldScore> scores,
      KStream<String, HeldLabel> labels,
      ScorerMeters meters) {
    FeedbackJoin.Settings settings =
        new FeedbackJoin.Settings(
            FeedbackRules.of(pipeline), pipeline.scoredTopic(), pipeline.topics().labels(), meters);
    if (!pipeline.feedback().copartitioned()) {
      int partitions = pipeline.wire().partitions();
      scores =
          scores.repartition(
              Repartitioned.<String, HeldScore>as("scores-by-event")
                  .withKeySerde(Serdes.String())
                  .withValueSerde(BinarySerde.of(HeldScore.getEncoder(), HeldScore.getDecoder()))
                  .withNumberOfPartitions(partitions));
      labels =
          labels.repartition(
              Repartitioned.<String, HeldLabel>as("labels-by-event")
                  .withKeySerde(Serdes.String())
                  .withValueSerde(BinarySerde.of(HeldLabel.getEncoder(), HeldLabel.getDecoder()))
                  .withNumberOfPartitions(partitions));
    }
    Set<StoreBuilder<?>> stores = FeedbackStore.builders();
    return scores
        .process(ScoreSide.supplier(settings, stores), Named.as("join-score"))
        .merge(
            labels.process(LabelSide.supplier(settings, stores), Named.as("join-label")),
            Named.as("joined"));
  }
}
