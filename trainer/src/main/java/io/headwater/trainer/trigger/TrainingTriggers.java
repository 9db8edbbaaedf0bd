package io.headwater.trainer.trigger;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.Triggers;
import io.headwater.trainer.evaluate.Answered;
import io.headwater.trainer.evaluate.Evaluation.Measure;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.ObjDoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Says when a pipeline's next training is due.
 *
 * <p>Every training starts all of them anew, but for the loss, which goes on as long as its version
 * is in force: the window that it needs is longer than what one training takes. None fires before
 * as many new examples were read as are held out, or sooner after the last training than the
 * pipeline allows; a drift that was seen meanwhile waits. Count, loss and activations depend on the
 * training log alone, and so fire at the same example after a restart.
 *
 * <p>Knows no clock: the time comes in. Not safe for use by several threads.
 */
public final class TrainingTriggers {
  private final Triggers settings;
  private final int count;
  private final int least;
  private final int referenceSize;
  private final @Nullable LossDrift loss;
  private final @Nullable MeanShift activations;
  private final @Nullable InputDrift inputs;
  private final ObjDoubleConsumer<TriggerKind> looked;
  private Instant last;
  private @Nullable Firing drift;

  /**
   * Triggers of which none has fired.
   *
   * @param last when the last training was decided or, before any, the champion took over
   * @param looked told each figure that drift is judged by
   */
  public TrainingTriggers(
      Pipeline.Training training, Instant last, ObjDoubleConsumer<TriggerKind> looked) {
    this.settings = training.triggers();
    this.count = training.trigger();
    this.least = Math.min(training.holdout(), training.trigger());
    this.referenceSize = training.window();
    this.loss = settings.loss() == null ? null : new LossDrift(settings.loss());
    this.activations =
        settings.activations() == null ? null : new MeanShift(settings.activations());
    this.inputs = settings.inputs() == null ? null : new InputDrift(settings.inputs());
    this.last = last;
    this.looked = looked;
  }

  /** Takes in an answer whose truth was known before the last training. */
  public void past(Answered served) {
    if (loss != null) {
      // What it would have fired is settled.
      Optional<Firing> unused = loss.add(served);
    }
  }

  /** Takes in an answer whose truth is now known. */
  public void served(Answered served) {
    if (loss != null) {
      note(loss.add(served));
      looked.accept(TriggerKind.LOSS, loss.mean());
    }
  }

  /** Takes in what the backbone answered to a labelled event. */
  public void activation(float[] activation, Instant at) {
    if (activations != null) {
      note(activations.add(activation, at));
      looked.accept(TriggerKind.ACTIVATIONS, activations.last());
    }
  }

  /**
   * Takes in a scored event.
   *
   * @param numbers one per watched field; NaN where it is missing
   */
  public void event(double[] numbers, Instant at) {
    if (inputs != null) {
      note(inputs.add(numbers, at));
      looked.accept(TriggerKind.INPUTS, inputs.last());
    }
  }

  /**
   * Whether a training is due.
   *
   * @param examples read since the last training
   */
  public Optional<Firing> due(Instant now, long examples) {
    boolean early = now.isBefore(last.plus(settings.minInterval()));
    if (early || examples < Math.max(1, least)) {
      return Optional.empty();
    }
    if (countFires(examples)) {
      return Optional.of(
          firing(TriggerKind.COUNT, examples + " new examples", new Measure("examples", examples)));
    }
    Triggers.Timetable timetable = settings.schedule();
    if (timetable != null) {
      Optional<Instant> moment = timetable.schedule().next(last, timetable.zone());
      if (moment.isPresent() && !moment.get().isAfter(now)) {
        return Optional.of(
            firing(
                TriggerKind.SCHEDULE,
                "it is scheduled for " + moment.get(),
                new Measure("moment", moment.get().toEpochMilli())));
      }
    }
    Duration age = settings.age();
    if (age != null && !now.isBefore(last.plus(age))) {
      Duration passed = Duration.between(last, now);
      return Optional.of(
          firing(
              TriggerKind.AGE,
              passed.truncatedTo(ChronoUnit.SECONDS) + " since the last training",
              new Measure("seconds", passed.toSeconds())));
    }
    return Optional.ofNullable(drift);
  }

  /**
   * Notes that a training was decided on, with whatever outcome.
   *
   * @param seen the activations that it saw, by when their labels were known; of these the newest
   *     are what later ones are compared with
   */
  public void trained(Instant now, List<float[]> seen) {
    last = now;
    restart(seen);
  }

  /** Compares with the last training from now on. */
  public void restart(List<float[]> seen) {
    drift = null;
    if (activations != null) {
      activations.reference(seen.subList(Math.max(0, seen.size() - referenceSize), seen.size()));
    }
    if (inputs != null) {
      inputs.trained();
    }
  }

  /** At each multiple, so that the machine's pace does not show; where an interval rules, later. */
  private boolean countFires(long examples) {
    return settings.minInterval().isZero() ? examples % count == 0 : examples >= count;
  }

  private Firing firing(TriggerKind kind, String reason, Measure figure) {
    return new Firing(kind, reason, last, List.of(figure));
  }

  private void note(Optional<Firing> seen) {
    if (drift == null) {
      drift = seen.orElse(null);
    }
  }
}
