package io.headwater.trainer;

import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.GoldenCases;
import io.headwater.schemas.Example;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.trainer.log.EventLog;
import io.headwater.trainer.plan.FreezeDecision;
import io.headwater.trainer.publish.CandidatePackage;
import io.headwater.trainer.publish.ExampleList;
import io.headwater.trainer.publish.ExampleList.Position;
import io.headwater.trainer.publish.RecordedTraining;
import io.headwater.trainer.replay.CrossingFiles;
import io.headwater.trainer.replay.EventAt;
import io.headwater.trainer.replay.ExampleReader;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.round.RoundOutcome;
import io.headwater.trainer.round.TrainingRound;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Trains a version once more, from its parent and on the examples that its lineage lists, with the
 * settings that are recorded there; what the pipeline says of training today does not count.
 *
 * <p>Runs on the calling thread.
 */
public final class Reproduction {
  private final Pipeline pipeline;
  private final Map<String, Object> client;
  private final RecordSerde<Example> serde;

  /**
   * Of a pipeline's versions.
   *
   * @param client Kafka client settings: bootstrap servers, security; by {@code consumer.} or
   *     {@code producer.} those of one kind
   */
  public Reproduction(Pipeline pipeline, Map<String, Object> client) {
    this.pipeline = pipeline;
    this.client = Map.copyOf(client);
    this.serde = TrainerApp.examples(pipeline);
  }

  /**
   * Trains a version of the training log again.
   *
   * @param parent that its lineage names
   * @throws IllegalArgumentException naming the example or the event that is gone, or what of the
   *     record can't be used
   */
  public Reproduced of(ModelPackage version, ModelPackage parent, BooleanSupplier cancelled) {
    Manifest manifest = version.manifest();
    RecordedTraining recorded = RecordedTraining.of(manifest.getLineage());
    byte[] listed = version.blobs().get(String.valueOf(manifest.getLineage().getExamples()));
    Champion start =
        Champion.of(
            parent,
            manifest.getLabels(),
            recorded.activations(),
            recorded.rule(),
            pipeline.scores().slices());
    try (EventLog log = new EventLog(client, pipeline.topics().trainerGroup())) {
      Rehearsal rehearsal = rehearsal(recorded);
      List<ReplayExample> examples =
          rehearsal.before(read(ExampleList.read(listed), start.examples(), log));
      Lessons lessons =
          new Lessons(
              new FreezePlanner(recorded.rule(), recorded.lineage().getSeed()),
              new Recomputation(
                  log::read,
                  TrainerApp.decoder(pipeline),
                  Long.MAX_VALUE,
                  CrossingFiles.none(),
                  rehearsal.events()),
              model -> new Courses(recorded.courses(), model, Map.of()));
      FreezeDecision freeze = recorded.freeze(start.ladder());
      Lesson lesson = lessons.again(start, examples, freeze, cancelled);
      // It was published: whatever it was held against then, it is trained to its end.
      RoundOutcome outcome =
          new TrainingRound(
                  start.head(),
                  lesson.contenders(),
                  start::decide,
                  recorded.settings().tolerating(1),
                  null,
                  recorded.leash(start.sourceHead(version).orElse(start.head())))
              .run(examples, lesson.crossing(), cancelled);
      return Reproduced.of(
          version,
          again(version, start, listed, lesson, outcome),
          outcome,
          notes(recorded, freeze, outcome, lessons.plan(start, lesson)));
    }
  }

  /**
   * Trains a first version again, on a file of labelled events.
   *
   * @param untrained what it was trained from
   * @param events the same, in the same order
   */
  public Reproduced of(ModelPackage version, ModelPackage untrained, List<LabelledEvent> events) {
    ModelPackage again = FirstVersion.again(pipeline, untrained, events, version.manifest());
    return Reproduced.of(version, again, null, List.of());
  }

  private Rehearsal rehearsal(RecordedTraining recorded) {
    String digest = recorded.byName().getOrDefault(Rehearsal.DIGEST, "");
    Rehearsal rehearsal = digest.isEmpty() ? Rehearsal.NONE : Rehearsal.of(pipeline);
    if (!rehearsal.digest().equals(digest)) {
      throw new IllegalArgumentException(
          "it rehearsed a file with SHA-256 %s; training.rehearsal of the pipeline file names %s"
              .formatted(
                  digest,
                  rehearsal.digest().isEmpty() ? "none" : "one with " + rehearsal.digest()));
    }
    return rehearsal;
  }

  private static ModelPackage again(
      ModelPackage version, Champion start, byte[] listed, Lesson lesson, RoundOutcome outcome) {
    RecordedTraining recorded = RecordedTraining.of(version.manifest().getLineage());
    Course kept = lesson.kept(outcome);
    ModelPackage base = kept == null ? start.model() : kept.base();
    ModelPackage child =
        new CandidatePackage(start.published(), base, recorded.settings(), Map.of())
            .again(
                version.manifest(),
                kept == null ? outcome.weights() : kept.weights(outcome.weights()),
                kept == null ? start.headSegments() : kept.last(),
                outcome.depths().numbers(),
                listed,
                outcome.comparison());
    return outcome.weights().isEmpty() ? child : GoldenCases.renew(child, start.published());
  }

  private static List<String> notes(
      RecordedTraining recorded,
      FreezeDecision tried,
      RoundOutcome outcome,
      FreezeDecision decided) {
    List<String> notes = new ArrayList<>();
    if (outcome instanceof RoundOutcome.Rejected rejected) {
      notes.add("trained here it would not be published: " + rejected.reason());
    }
    if (decided.freeze().equals(tried.freeze())) {
      notes.add(
          "freeze: decided again from the examples, %s as recorded".formatted(decided.freeze()));
    } else {
      notes.add(
          "freeze: decided again it would be %s (%s); the record, which holds here, says: %s"
              .formatted(decided.freeze(), decided.reason(), recorded.lineage().getFreezeReason()));
    }
    return notes;
  }

  /** In the order in which the labels were known, as every training sees them. */
  private List<ReplayExample> read(ExampleList list, ExampleReader reader, EventLog log) {
    Map<EventAt, byte[]> values = new HashMap<>();
    Map<Position, EventAt> places = new LinkedHashMap<>();
    for (Position position : list.positions()) {
      places.put(position, new EventAt(list.topic(), position.partition(), position.offset()));
    }
    log.read(places.values(), values::put, () -> false);
    List<ReplayExample> examples = new ArrayList<>();
    int gone = list.positions().size() - values.size();
    places.forEach(
        (position, place) -> {
          byte[] value = values.get(place);
          if (value == null) {
            throw new IllegalArgumentException(
                "the example at partition %d, offset %d of %s is gone by retention, and %d of %d in all"
                    .formatted(
                        position.partition(),
                        position.offset(),
                        list.topic(),
                        gone,
                        list.positions().size()));
          }
          examples.add(usable(value, position, reader));
        });
    examples.sort(ReplayExample.LABELLED_ORDER);
    return examples;
  }

  private ReplayExample usable(byte[] value, Position position, ExampleReader reader) {
    String problem;
    try {
      Example example = serde.read(value);
      ExampleReader.Read read = reader.read(example, position.partition(), position.offset());
      if (read instanceof ExampleReader.Usable usable) {
        return usable.example();
      }
      problem = ((ExampleReader.Skipped) read).reason().code();
    } catch (SerializationException e) {
      problem = String.valueOf(e.getMessage());
    }
    throw new IllegalArgumentException(
        "the example at %s can't be used any more: %s".formatted(position, problem));
  }
}
