package io.headwater.ops.demo;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.sign.Signing;
import io.headwater.ops.UserError;
import io.headwater.ops.broker.BrokerProcess;
import io.headwater.ops.http.Health;
import io.headwater.ops.http.HttpEndpoint;
import io.headwater.ops.http.Telemetry;
import io.headwater.stream.ScorerApp;
import io.headwater.stream.ScorerOptions;
import io.headwater.stream.ScorerStatus;
import io.headwater.trainer.TrainerApp;
import io.headwater.trainer.TrainerOptions;
import io.headwater.trainer.TrainerStatus;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/**
 * The scorer and the trainer of a run, in this JVM, each with its metrics and health over HTTP.
 *
 * <p>Safe for use by several threads.
 */
final class Parts implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";

  private final BrokerProcess broker;
  private final Path log;
  private final ScorerApp scorer;
  private final TrainerApp trainer;
  private final URI scorerAddress;
  private final URI trainerAddress;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  private Parts(
      BrokerProcess broker,
      Pipeline pipeline,
      Map<String, Object> client,
      Signing signing,
      Path work,
      Path log) {
    this.broker = broker;
    this.log = log;
    Telemetry scorerMeters = opened(new Telemetry("scorer", pipeline.name()));
    scorer =
        opened(
            new ScorerApp(
                pipeline,
                client,
                ScorerOptions.defaults(work.resolve("scorer")),
                signing.trust(),
                scorerMeters.registry()));
    scorerAddress =
        opened(HttpEndpoint.start(LOOPBACK, 0, scorerMeters, () -> Health.of(scorer.status(), "")))
            .address();
    Telemetry trainerMeters = opened(new Telemetry("trainer", pipeline.name()));
    trainer =
        opened(
            new TrainerApp(
                pipeline,
                client,
                TrainerOptions.defaults(work.resolve("trainer")),
                signing,
                trainerMeters.registry(),
                Clock.systemUTC()));
    trainerAddress =
        opened(
                HttpEndpoint.start(
                    LOOPBACK, 0, trainerMeters, () -> Health.of(trainer.status(), "")))
            .address();
  }

  /**
   * Starts scorer and trainer; returns before they are ready.
   *
   * @param work directory for their state
   * @param log the file that tells what went wrong
   */
  static Parts start(
      BrokerProcess broker,
      Pipeline pipeline,
      Map<String, Object> client,
      Signing signing,
      Path work,
      Path log) {
    Parts parts = new Parts(broker, pipeline, client, signing, work, log);
    parts.scorer.start();
    parts.trainer.start();
    return parts;
  }

  private <T extends AutoCloseable> T opened(T part) {
    open.push(part);
    return part;
  }

  URI scorerAddress() {
    return scorerAddress;
  }

  URI trainerAddress() {
    return trainerAddress;
  }

  Path log() {
    return log;
  }

  boolean isScoringWith(String version) {
    return version.equals(scorer.status().version());
  }

  boolean areReady() {
    return scorer.status().state() == ScorerStatus.State.RUNNING
        && trainer.status().state() == TrainerStatus.State.COLLECTING;
  }

  /** How each part is, in words. */
  String states() {
    ScorerStatus scores = scorer.status();
    TrainerStatus trains = trainer.status();
    return "scorer %s (%s), trainer %s (%s)"
        .formatted(scores.state(), scores.detail(), trains.state(), trains.detail());
  }

  /**
   * Checks that no part has ended.
   *
   * @throws UserError naming the one that has
   */
  void requireAlive() {
    if (broker.ended().isDone()) {
      throw new UserError("the broker's process has ended", "see " + log);
    }
    boolean failed =
        scorer.status().state() == ScorerStatus.State.FAILED
            || trainer.status().state() == TrainerStatus.State.FAILED;
    if (failed) {
      throw new UserError("a part has failed: " + states(), "see " + log);
    }
  }

  /** Closes trainer, then scorer; all are closed even where one can't be. */
  @Override
  public void close() {
    RuntimeException failure = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        RuntimeException wrapped = new IllegalStateException("a part can't be closed", e);
        if (failure == null) {
          failure = wrapped;
        } else {
          failure.addSuppressed(wrapped);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
