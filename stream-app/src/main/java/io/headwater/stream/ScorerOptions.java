package io.headwater.stream;

import io.headwater.model.guard.ModelGuard;
import io.headwater.stream.score.ScoringSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * How one scorer process runs.
 *
 * @param threads stream threads; events need at least as many partitions for all to score
 * @param stateDir directory for the join's state and the cached blobs, of this process alone; kept
 *     between runs, else the state is restored from its topics
 * @param commitInterval longest time that scores wait to be committed
 * @param transactionTimeout after which the broker gives up a dead scorer's transaction, for which
 *     readers of scores wait
 * @param scoring how events are grouped into chunks and batches
 * @param pollModels how often the stages are looked at
 * @param guard judges each version before it comes into force
 * @param overrides Kafka settings by {@code streams.}, {@code consumer.} or {@code producer.}, then
 *     Kafka's own name; they win over ours
 */
public record ScorerOptions(
    int threads,
    Path stateDir,
    Duration commitInterval,
    Duration transactionTimeout,
    ScoringSettings scoring,
    Duration pollModels,
    ModelGuard guard,
    Map<String, String> overrides) {

  public ScorerOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("a scorer needs at least 1 thread, not " + threads);
    }
    overrides = Map.copyOf(overrides);
  }

  /**
   * Two threads, commits every 100 ms, transactions of 10 s at most, batches of 32 at most in
   * chunks of a second at most, the process's own guard.
   */
  public static ScorerOptions defaults(Path stateDir) {
    return new ScorerOptions(
        2,
        stateDir,
        Duration.ofMillis(100),
        Duration.ofSeconds(10),
        new ScoringSettings(256, 32, Duration.ofSeconds(1)),
        Duration.ofMillis(250),
        ModelGuard.standard(),
        Map.of());
  }

  public ScorerOptions withThreads(int count) {
    return new ScorerOptions(
        count, stateDir, commitInterval, transactionTimeout, scoring, pollModels, guard, overrides);
  }

  public ScorerOptions withCommitInterval(Duration interval) {
    return new ScorerOptions(
        threads, stateDir, interval, transactionTimeout, scoring, pollModels, guard, overrides);
  }

  public ScorerOptions withScoring(ScoringSettings settings) {
    return new ScorerOptions(
        threads,
        stateDir,
        commitInterval,
        transactionTimeout,
        settings,
        pollModels,
        guard,
        overrides);
  }

  public ScorerOptions withGuard(ModelGuard judge) {
    return new ScorerOptions(
        threads,
        stateDir,
        commitInterval,
        transactionTimeout,
        scoring,
        pollModels,
        judge,
        overrides);
  }

  /**
   * How long an event may have waited, by its record's timestamp, for shadows to score it; ten
   * seconds unless set.
   */
  public ScorerOptions withSheddingAfter(Duration lag) {
    return withScoring(scoring.withSheddingAfter(lag));
  }

  public ScorerOptions withOverrides(Map<String, String> settings) {
    return new ScorerOptions(
        threads,
        stateDir,
        commitInterval,
        transactionTimeout,
        scoring,
        pollModels,
        guard,
        settings);
  }
}
