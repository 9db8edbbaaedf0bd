package io.headwater.stream.window;

import io.headwater.model.featurise.FieldPath;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.Windows;
import io.headwater.schemas.serde.WireFormat;
import io.headwater.stream.held.HeldEvent;
import io.headwater.stream.ingest.EventReader;
import io.headwater.stream.join.BinarySerde;
import io.headwater.stream.meter.ScorerMeters;
import io.headwater.stream.score.PolledEvent;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;

/** The part of the topology that turns events into enriched events. */
public final class WindowTopology {
  private static final Serde<byte[]> BYTES = Serdes.ByteArray();

  private WindowTopology() {}

  /**
   * Enriches events onto their topic.
   *
   * <p>Where the windows' key is a field, events are repartitioned by it: a key's events must meet
   * in one task, wherever their producers sent them.
   */
  public static void enrich(
      Pipeline pipeline,
      Windows windows,
      KStream<byte[], PolledEvent> events,
      EventReader reader,
      ScorerMeters meters) {
    FieldPath by = windows.byRecordKey() ? null : FieldPath.of(windows.by());
    IntakeProcessor.Settings intake =
        new IntakeProcessor.Settings(
            reader, by, pipeline.wire().format() == WireFormat.JSON, meters);
    KStream<byte[], WindowOutcome> read =
        events.<WindowOutcome>processValues(
            () -> new IntakeProcessor(intake), Named.as("read-event"));
    bury(read, pipeline, "unread-event");
    KStream<byte[], HeldEvent> toWindows =
        read.filter((key, to) -> to instanceof WindowOutcome.ToWindows, Named.as("to-windows"))
            .mapValues(WindowOutcome.ToWindows.class::cast, Named.as("to-windows-typed"))
            .map((key, to) -> KeyValue.pair(to.entity(), to.event()), Named.as("event-by-entity"));
    if (by != null) {
      toWindows =
          toWindows.repartition(
              Repartitioned.<byte[], HeldEvent>as("events-by-entity")
                  .withKeySerde(BYTES)
                  .withValueSerde(BinarySerde.of(HeldEvent.getEncoder(), HeldEvent.getDecoder()))
                  .withNumberOfPartitions(pipeline.wire().partitions()));
    }
    WindowProcessor.Settings settings =
        new WindowProcessor.Settings(
            windows.over().stream().map(SlidingWindow::new).toList(),
            pipeline.topics().events(),
            Enrichment.maxBytes(pipeline.event()),
            meters);
    KStream<byte[], WindowOutcome> enriched =
        toWindows.process(WindowProcessor.supplier(settings), Named.as("windows"));
    bury(enriched, pipeline, "unenriched-event");
    enriched
        .filter((key, to) -> to instanceof WindowOutcome.Enriched, Named.as("enriched-event"))
        .mapValues(to -> ((WindowOutcome.Enriched) to).value(), Named.as("enriched-bytes"))
        .to(pipeline.topics().enriched(), Produced.with(BYTES, BYTES).withName("enriched-sink"));
  }

  private static void bury(
      KStream<byte[], WindowOutcome> outcomes, Pipeline pipeline, String name) {
    outcomes
        .filter((key, to) -> to instanceof WindowOutcome.Dead, Named.as(name))
        .mapValues(to -> ((WindowOutcome.Dead) to).value(), Named.as(name + "-bytes"))
        .to(pipeline.topics().deadLetters(), Produced.with(BYTES, BYTES).withName("dead-" + name));
  }
}
