package io.headwater.ops.http;

import io.headwater.stream.ScorerStatus;
import io.headwater.trainer.TrainerStatus;
import org.jspecify.annotations.Nullable;

/**
 * How a running part is.
 *
 * @param live false once only a restart helps
 * @param ready whether it does its work
 * @param state its own word for it
 * @param version the model version in force, if any
 * @param detail a sentence: what it does, or what it waits for and the command that helps
 */
public record Health(
    boolean live, boolean ready, String state, @Nullable String version, String detail) {
  /**
   * How a scorer is.
   *
   * @param firstVersion how to make a first version, said where it waits for one
   */
  public static Health of(ScorerStatus status, String firstVersion) {
    return new Health(
        status.state() != ScorerStatus.State.FAILED,
        status.state() == ScorerStatus.State.RUNNING,
        status.state().name(),
        status.version(),
        status.detail().equals(ScorerStatus.NO_MODEL)
            ? status.detail() + firstVersion
            : status.detail());
  }

  /**
   * How a trainer is.
   *
   * @param firstVersion how to make a first version, said where it waits for one
   */
  public static Health of(TrainerStatus status, String firstVersion) {
    TrainerStatus.State state = status.state();
    return new Health(
        state != TrainerStatus.State.FAILED,
        state == TrainerStatus.State.COLLECTING
            || state == TrainerStatus.State.TRAINING
            || state == TrainerStatus.State.STANDBY,
        state.name(),
        null,
        status.detail().equals(TrainerStatus.NO_MODEL)
            ? status.detail() + firstVersion
            : status.detail());
  }
}
