package io.headwater.stream;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.Windows;
import io.headwater.schemas.Example;
import io.headwater.schemas.Label;
import io.headwater.schemas.serde.EventDecoder;
import io.headwater.schemas.serde.JsonEvents;
import io.headwater.schemas.serde.RecordSerdes;
import io.headwater.schemas.topics.PipelineTopics;
import io.headwater.stream.held.HeldLabel;
import io.headwater.stream.held.HeldScore;
import io.headwater.stream.ingest.BoundedTimestamps;
import io.headwater.stream.ingest.EventReader;
import io.headwater.stream.ingest.LabelOutcome;
import io.headwater.stream.ingest.LabelProcessor;
import io.headwater.stream.ingest.LabelReader;
import io.headwater.stream.ingest.TimeBounds;
import io.headwater.stream.join.FeedbackTopology;
import io.headwater.stream.join.JoinOutcome;
import io.headwater.stream.meter.ScorerMeters;
import io.headwater.stream.score.EventScorer;
import io.headwater.stream.score.EventTimestamps;
import io.headwater.stream.score.PolledEventSerde;
import io.headwater.stream.score.PolledRunSerde;
import io.headwater.stream.score.ScoreOutcome;
import io.headwater.stream.score.ScoreOutcomeSerde;
import io.headwater.stream.score.ScoreProcessor;
import io.headwater.stream.score.Scoring;
import io.headwater.stream.score.ScoringSettings;
import io.headwater.stream.window.Enrichment;
import io.headwater.stream.window.WindowTopology;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;

/**
 * The scorer's dataflow, in three parts that only meet through topics.
 *
 * <pre>
 * events -> score -> scores | shadow scores | dead letters | scores by event -+
 * labels -> read -------------------------> dead letters | labels by event ---+-> join -> examples | dead letters
 * </pre>
 *
 * <p>Where the pipeline awaits no feedback, only the first part is there. Where it declares
 * windows, a part before them turns events into enriched events, and those are scored.
 *
 * <p>Every operator, store and internal topic is named: their names are part of the state.
 */
final class ScorerTopology {
  private static final Serde<byte[]> BYTES = Serdes.ByteArray();

  private final PipelineTopics topics;
  private final StreamsBuilder builder = new StreamsBuilder();

  private ScorerTopology(PipelineTopics topics) {
    this.topics = topics;
  }

  /**
   * Builds the topology.
   *
   * @param live gives leases on the versions in force
   * @param ahead decides events that are not needed yet
   */
  static Topology of(
      Pipeline pipeline,
      RecordSerdes serdes,
      EventDecoder decoder,
      Supplier<Optional<Scoring>> live,
      ScoringSettings settings,
      Executor ahead,
      ScorerMeters meters,
      Clock clock) {
    ScorerTopology topology = new ScorerTopology(pipeline.topics());
    TimeBounds bounds = new TimeBounds(pipeline.event(), clock);
    EventReader events = topology.scored(pipeline, decoder, bounds, meters);
    boolean joined = pipeline.feedback().enabled();
    KStream<byte[], ScoreOutcome> outcomes =
        topology.score(
            pipeline.scoredTopic(),
            bounds,
            () ->
                new ScoreProcessor(
                    new EventScorer(events, live, settings, ahead, meters, clock),
                    joining(pipeline.feedback()),
                    pipeline.scores(),
                    pipeline.regression() != null,
                    meters),
            new ScoreOutcomeSerde(serdes.scores()));
    if (joined) {
      LabelReader labels = new LabelReader(serdes.of(Label.class), pipeline.labels(), bounds);
      KStream<String, HeldLabel> feedback = topology.labels(bounds, labels, meters);
      topology.examples(
          FeedbackTopology.join(pipeline, byEvent(outcomes), feedback, meters),
          serdes.of(Example.class));
    }
    return topology.builder.build();
  }

  private static ScoreProcessor.Joining joining(Pipeline.Feedback feedback) {
    if (!feedback.enabled()) {
      return ScoreProcessor.Joining.NOTHING;
    }
    return feedback.activations() == Pipeline.Activations.LOG
        ? ScoreProcessor.Joining.ACTIVATIONS
        : ScoreProcessor.Joining.SCORE;
  }

  /** What reads the topic that is scored; builds what writes it, where that is ours to write. */
  private EventReader scored(
      Pipeline pipeline, EventDecoder decoder, TimeBounds bounds, ScorerMeters meters) {
    EventReader events = new EventReader(pipeline.event(), decoder, bounds);
    Windows windows = pipeline.windows();
    if (windows == null) {
      return events;
    }
    WindowTopology.enrich(
        pipeline,
        windows,
        events(topics.events(), new PolledEventSerde(), "unenriched", bounds),
        events,
        meters);
    Pipeline.Event rules = Enrichment.rules(pipeline.event());
    return new EventReader(rules, new JsonEvents(rules.maxBytes()), bounds);
  }

  private <V> KStream<byte[], V> events(
      String topic, Serde<V> serde, String name, TimeBounds bounds) {
    return builder.stream(
        topic,
        Consumed.with(
                BYTES,
                serde,
                new EventTimestamps(new BoundedTimestamps(bounds)),
                AutoOffsetReset.earliest())
            .withName(name));
  }

  private KStream<byte[], ScoreOutcome> score(
      String topic,
      TimeBounds bounds,
      Supplier<ScoreProcessor> processors,
      Serde<ScoreOutcome> serde) {
    KStream<byte[], ScoreOutcome> outcomes =
        events(topic, new PolledRunSerde(), "events", bounds)
            .<byte[], ScoreOutcome>process(processors::get, Named.as("score"));
    outcomes.to(topics.scores(), Produced.with(BYTES, serde).withName(ScoreOutcome.GIVEN));
    outcomes.to(topics.shadowScores(), Produced.with(BYTES, serde).withName(ScoreOutcome.BESIDE));
    outcomes.to(topics.deadLetters(), Produced.with(BYTES, serde).withName(ScoreOutcome.DEAD));
    return outcomes;
  }

  private static KStream<String, HeldScore> byEvent(KStream<byte[], ScoreOutcome> outcomes) {
    return outcomes.map(
        (key, outcome) -> {
          ScoreOutcome.ToJoin to = (ScoreOutcome.ToJoin) outcome;
          return KeyValue.pair(to.eventId(), to.score());
        },
        Named.as(ScoreOutcome.TO_JOIN));
  }

  private KStream<String, HeldLabel> labels(
      TimeBounds bounds, LabelReader reader, ScorerMeters meters) {
    KStream<byte[], LabelOutcome> outcomes =
        builder.stream(
                topics.labels(),
                Consumed.with(
                        BYTES, BYTES, new BoundedTimestamps(bounds), AutoOffsetReset.earliest())
                    .withName("labels"))
            .<LabelOutcome>processValues(
                () -> new LabelProcessor(reader, meters), Named.as("read-label"));
    only(outcomes, LabelOutcome.Dead.class, "dead-label")
        .mapValues(LabelOutcome.Dead::value, Named.as("label-bytes"))
        .to(topics.deadLetters(), Produced.with(BYTES, BYTES).withName("dead-labels"));
    return only(outcomes, LabelOutcome.ToJoin.class, "label-to-join")
        .map((key, to) -> KeyValue.pair(to.eventId(), to.label()), Named.as("label-by-event"));
  }

  private void examples(KStream<byte[], JoinOutcome> outcomes, Serde<Example> serde) {
    only(outcomes, JoinOutcome.Joined.class, "made-example")
        .mapValues(JoinOutcome.Joined::example, Named.as("example-record"))
        .to(topics.examples(), Produced.with(BYTES, serde).withName("examples"));
    only(outcomes, JoinOutcome.Dead.class, "unjoined-label")
        .mapValues(JoinOutcome.Dead::value, Named.as("unjoined-bytes"))
        .to(topics.deadLetters(), Produced.with(BYTES, BYTES).withName("dead-feedback"));
  }

  private static <O, T extends O> KStream<byte[], T> only(
      KStream<byte[], O> outcomes, Class<T> type, String name) {
    return outcomes
        .filter((key, outcome) -> type.isInstance(outcome), Named.as(name))
        .mapValues(type::cast, Named.as(name + "-typed"));
  }
}
