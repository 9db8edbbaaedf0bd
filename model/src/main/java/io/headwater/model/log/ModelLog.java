package io.headwater.model.log;

import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.PipelineTopics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a pipeline's model log with its own read_committed consumers.
 *
 * <p>Safe for use by several threads. Blobs are kept in the cache directory and verified whenever
 * they are read; one that was damaged there is fetched again.
 */
public final class ModelLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelLog.class);
  private static final Duration CALLBACKS_AWAITED = Duration.ofSeconds(60);

  private record Following(StageFollower follower, Thread thread) {}

  private final PipelineTopics topics;
  private final Map<String, Object> client;
  private final BlobLog blobs;
  private final List<Following> followings = new ArrayList<>();
  private boolean closed;

  /**
   * Opens the log.
   *
   * @param client Kafka client settings: bootstrap servers, security; by {@code consumer.} or
   *     {@code producer.} those of one kind
   * @param cache directory for verified blobs; made where it is missing
   */
  public ModelLog(PipelineTopics topics, Map<String, Object> client, Path cache) {
    this.topics = topics;
    this.client = Map.copyOf(client);
    this.blobs = new BlobLog(topics, this.client, new BlobCache(cache));
  }

  /**
   * What the stage's last record names, or empty where the topic is.
   *
   * <p>Blobs are fetched when the first is asked for, so that a look costs little. Records behind
   * the last sound one are logged and passed over, as a follower would.
   *
   * @throws IllegalStateException where the stage's topic is missing
   */
  public Optional<PublishedVersion> latest(Stage stage) {
    try (LogReader log = new LogReader(client)) {
      StageTail tail = StageTail.read(log, topics, stage);
      tail.refused().forEach(e -> LOG.warn("passed over: {}", e.getMessage()));
      return tail.last().map(entry -> PublishedVersion.of(entry, blobs));
    }
  }

  /**
   * Follows a stage from its last record on, on a thread of its own, until the log is closed.
   *
   * @param onVersion called with the last record's version once its blobs are here, then with each
   *     later one, but not twice in a row with the same; what it throws goes to {@code onFailure},
   *     and following goes on
   * @param onFailure called with a record that can't be read or a version that can't be had
   */
  public synchronized void follow(
      Stage stage,
      Duration pollEvery,
      Consumer<PublishedVersion> onVersion,
      Consumer<Exception> onFailure) {
    if (closed) {
      throw new IllegalStateException("the model log is closed");
    }
    StageFollower follower =
        new StageFollower(topics, stage, client, blobs, pollEvery, onVersion, onFailure);
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
