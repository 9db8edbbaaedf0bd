package io.headwater.model.log;

import io.headwater.model.sign.Trust;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.PipelineTopics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a pipeline's model log with its own read_committed consumers.
 *
 * <p>Safe for use by several threads. Blobs are kept in the cache directory and verified whenever
 * they are read; one that was damaged there is fetched again. Stage records that are not signed by
 * a key that is trusted for their stage are passed over.
 */
public final class ModelLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelLog.class);
  private static final Duration CALLBACKS_AWAITED = Duration.ofSeconds(60);

  private record Following(StageFollower follower, Thread thread) {}

  private final PipelineTopics topics;
  private final Map<String, Object> client;
  private final Supplier<Trust> trust;
  private final BlobLog blobs;
  private final Map<Stage, StageRecordException> passedOver = new EnumMap<>(Stage.class);
  private final List<Following> followings = new ArrayList<>();
  private boolean closed;

  /**
   * Opens the log.
   *
   * @param client Kafka client settings: bootstrap servers, security; by {@code consumer.} or
   *     {@code producer.} those of one kind
   * @param cache directory for verified blobs; made where it is missing
   * @param trust whose signatures are believed, as it stands at each look
   */
  public ModelLog(
      PipelineTopics topics, Map<String, Object> client, Path cache, Supplier<Trust> trust) {
    this.topics = topics;
    this.client = Map.copyOf(client);
    this.trust = trust;
    this.blobs = new BlobLog(topics, this.client, new BlobCache(cache));
  }

  /**
   * The version that the stage's last record names, of several the last; empty where there is none.
   *
   * <p>Blobs are fetched when the first is asked for, so that a look costs little. Records behind
   * the last sound one are passed over, as a follower would; {@link #passedOver} names the last.
   *
   * @throws IllegalStateException where the stage's topic is missing
   */
  public Optional<PublishedVersion> latest(Stage stage) {
    try (LogReader log = new LogReader(client)) {
      StageTail tail = StageTail.read(log, topics, stage, trust.get());
      remember(stage, tail.refused());
      return tail.last()
          .map(entry -> PublishedStage.of(entry, blobs).live())
          .filter(live -> !live.isEmpty())
          .map(live -> live.get(live.size() - 1));
    }
  }

  /**
   * Reads a stage's whole past, oldest first.
   *
   * @param onStage told of each record that was in force
   * @param onRefused told of each that never was
   */
  public void history(
      Stage stage, Consumer<PublishedStage> onStage, Consumer<StageRecordException> onRefused) {
    try (LogReader log = new LogReader(client)) {
      StageHistory.read(
          log,
          topics,
          stage,
          trust.get(),
          new StageHistory.Reader() {
            @Override
            public void sound(StageEntry entry, ConsumerRecord<byte[], byte[]> record) {
              onStage.accept(PublishedStage.of(entry, blobs));
            }

            @Override
            public void refused(StageRecordException e, ConsumerRecord<byte[], byte[]> record) {
              onRefused.accept(e);
            }
          });
    }
  }

  /** The last record that the last look at a stage refused and passed over, with the reason. */
  public synchronized Optional<StageRecordException> passedOver(Stage stage) {
    return Optional.ofNullable(passedOver.get(stage));
  }

  private synchronized void remember(Stage stage, List<StageRecordException> refused) {
    if (refused.isEmpty()) {
      passedOver.remove(stage);
      return;
    }
    StageRecordException last = refused.get(refused.size() - 1);
    StageRecordException before = passedOver.put(stage, last);
    if (before == null || !String.valueOf(last.getMessage()).equals(before.getMessage())) {
      LOG.warn("passed over: {}", last.getMessage());
    }
  }

  /**
   * Follows a stage from its last record on, on a thread of its own, until the log is closed.
   *
   * @param onStage called with the last record's versions once all their blobs are here, then with
   *     each later one's, but not twice in a row with the same; what it throws goes to {@code
   *     onFailure}, and following goes on
   * @param onFailure called with a record that can't be read or a version that can't be had
   */
  public synchronized void follow(
      Stage stage,
      Duration pollEvery,
      Consumer<PublishedStage> onStage,
      Consumer<Exception> onFailure) {
    if (closed) {
      throw new IllegalStateException("the model log is closed");
    }
    StageFollower follower =
        new StageFollower(topics, stage, client, trust, blobs, pollEvery, onStage, onFailure);
    String name = "model-log-" + stage.name().toLowerCase(Locale.ROOT);
    Thread thread = new Thread(follower, name);
    thread.setDaemon(true);
    followings.add(new Following(follower, thread));
    thread.start();
  }

  /**
   * Ends all following, and waits for callbacks in progress: ending the process while one loads a
   * model could crash it. Versions that were given out stay readable as far as they are cached.
   */
  @Override
  public void close() {
    List<Following> ending;
    synchronized (this) {
      closed = true;
      ending = List.copyOf(followings);
      followings.clear();
    }
    ending.forEach(following -> following.follower().close());
    blobs.close();
    for (Following following : ending) {
      await(following.thread());
    }
  }

  private static void await(Thread thread) {
    if (thread == Thread.currentThread()) {
      return;
    }
    try {
      TimeUnit.MILLISECONDS.timedJoin(thread, CALLBACKS_AWAITED.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      LOG.warn("{} is still busy with a version and is left to end by itself", thread.getName());
    }
  }
}
