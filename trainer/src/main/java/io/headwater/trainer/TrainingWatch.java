package io.headwater.trainer;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.EventNumbers;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.Triggers;
import io.headwater.schemas.Example;
import io.headwater.trainer.evaluate.Prequential;
import io.headwater.trainer.evaluate.ServedReader;
import io.headwater.trainer.log.ScoredEvents;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.trigger.Firing;
import io.headwater.trainer.trigger.TrainingTriggers;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Watches all that can fire a training, and judges what was served.
 *
 * <p>Not safe for use by several threads.
 */
final class TrainingWatch implements AutoCloseable {
  private static final int JUDGED = 1_000;
  private static final int JUDGE_EVERY = 250;

  private final ServedReader reader;
  private final Prequential served = new Prequential(JUDGED, 0);
  private final TrainingTriggers triggers;
  private final @Nullable ScoredEvents events;
  private final EventNumbers numbers;
  private final Clock clock;
  private final Telemetry telemetry;
  private int unjudged;

  /**
   * Starts to watch.
   *
   * @param last when the last training was decided or, before any, the champion took over
   */
  TrainingWatch(
      Pipeline pipeline,
      Map<String, Object> client,
      Instant last,
      Telemetry telemetry,
      Clock clock) {
    this.reader = new ServedReader(pipeline.labels());
    this.triggers = new TrainingTriggers(pipeline.training(), last, telemetry.triggers()::looked);
    Triggers.Inputs inputs = pipeline.training().triggers().inputs();
    this.events = inputs == null ? null : new ScoredEvents(pipeline, client, inputs.window());
    this.numbers = EventNumbers.of(inputs == null ? List.of() : inputs.fields());
    this.clock = clock;
    this.telemetry = telemetry;
  }

  /** Takes in an example from before the last training. */
  void past(Example example, @Nullable ReplayExample usable) {
    judge(example);
    reader.read(example).ifPresent(triggers::past);
  }

  /** Takes in an example from behind it. */
  void present(Example example, @Nullable ReplayExample usable) {
    judge(example);
    reader.read(example).ifPresent(triggers::served);
    float[] activation = usable == null ? null : usable.activation();
    if (activation != null) {
      triggers.activation(activation, example.getLabeledAt());
    }
  }

  private void judge(Example example) {
    reader
        .read(example)
        .ifPresent(
            answer -> {
              served.add(answer);
              unjudged++;
            });
    if (unjudged >= JUDGE_EVERY) {
      report();
    }
  }

  /** Ends the past: what follows is compared with it. */
  void start(List<ReplayExample> replay) {
    if (events != null) {
      events.rewind(this::event);
    }
    triggers.restart(activations(replay));
  }

  /** Looks at what goes on beside the examples. */
  void look() {
    if (events != null) {
      events.poll(this::event);
    }
  }

  /** There are no examples to read for now. */
  void idle() {
    if (unjudged > 0) {
      report();
    }
  }

  /** Whether a training is due. */
  Optional<Firing> due(long examples) {
    return triggers.due(clock.instant(), examples);
  }

  /** A training was decided on. */
  void trained(List<ReplayExample> replay) {
    triggers.trained(clock.instant(), activations(replay));
  }

  /** How far the scored events were read; empty where they are not. */
  Map<TopicPartition, Long> positions() {
    return events == null ? Map.of() : events.positions();
  }

  private void event(JsonNode event, Instant at) {
    triggers.event(numbers.in(event), at);
  }

  private void report() {
    unjudged = 0;
    served.report().ifPresent(telemetry.served()::judged);
  }

  private static List<float[]> activations(List<ReplayExample> replay) {
    List<float[]> activations = new ArrayList<>();
    for (ReplayExample example : replay) {
      float[] logged = example.activation();
      if (logged != null) {
        activations.add(logged);
      }
    }
    return activations;
  }

  @Override
  public void close() {
    if (events != null) {
      events.close();
    }
  }
}
