package io.headwater.model.log;

import io.headwater.model.sign.Trust;
import io.headwater.schemas.LiveVersion;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.PipelineTopics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one stage topic on the thread that runs it, until it is closed.
 *
 * <p>A broker that fails is reported and tried again; so is a version whose blobs can't be had, as
 * on a mirror they may arrive after the stage record. Everything else that fails is reported once,
 * but for what was refused: that is looked at again when the trusted keys change.
 */
final class StageFollower implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(StageFollower.class);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LAST_RETRY = Duration.ofMinutes(1);

  /** A record that is not yet delivered. */
  private record Pending(StageEntry entry, @Nullable Delivery came, long since) {
    /** How it came, now that its blobs are here. */
    @Nullable Delivery delivery() {
      return came == null
          ? null
          : new Delivery(
              came.appended(),
              came.reach(),
              came.verify(),
              Duration.ofNanos(System.nanoTime() - since));
    }
  }

  private final PipelineTopics topics;
  private final Stage stage;
  private final Map<String, Object> client;
  private final Supplier<Trust> trust;
  private final BlobLog blobs;
  private final Duration pollEvery;
  private final Consumer<PublishedStage> onStage;
  private final Consumer<Exception> onFailure;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable LogReader reader;

  private Trust believed = Trust.of();
  private long epoch;
  private @Nullable List<LiveVersion> delivered;
  private @Nullable Pending pending;
  private Duration retryAfter = FIRST_RETRY;
  private long retryAt;

  StageFollower(
      PipelineTopics topics,
      Stage stage,
      Map<String, Object> client,
      Supplier<Trust> trust,
      BlobLog blobs,
      Duration pollEvery,
      Consumer<PublishedStage> onStage,
      Consumer<Exception> onFailure) {
    this.topics = topics;
    this.stage = stage;
    this.client = client;
    this.trust = trust;
    this.blobs = blobs;
    this.pollEvery = pollEvery;
    this.onStage = onStage;
    this.onFailure = onFailure;
  }

  @Override
  public void run() {
    Duration pause = FIRST_RETRY;
    while (!isClosed()) {
      try (LogReader log = LogReader.following(client)) {
        reader = log;
        if (isClosed()) {
          return;
        }
        startAtTheEnd(log);
        pause = FIRST_RETRY;
        while (!isClosed()) {
          log.poll(pollEvery).forEach(this::take);
          if (!believed.equals(trust.get())) {
            startAtTheEnd(log);
          }
          deliverPending();
        }
      } catch (WakeupException e) {
        if (!isClosed()) {
          report(e);
        }
      } catch (RuntimeException e) {
        report(e);
        pause = awaitRetry(pause);
      } finally {
        reader = null;
      }
    }
  }

  /** Ends the thread soon; a callback in progress is waited for by whoever joins it. */
  void close() {
    closed.countDown();
    LogReader log = reader;
    if (log != null) {
      log.wakeup();
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private void startAtTheEnd(LogReader log) {
    believed = trust.get();
    StageTail tail = StageTail.read(log, topics, stage, believed);
    tail.refused().forEach(this::report);
    tail.last()
        .filter(entry -> entry.record().getEpoch() > epoch)
        .ifPresent(entry -> accept(entry, null));
    log.seek(new TopicPartition(topics.stage(stage), 0), tail.next());
    deliverPending();
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    long start = System.nanoTime();
    Instant appended = Instant.ofEpochMilli(record.timestamp());
    Duration reach = Duration.between(appended, Instant.now());
    try {
      StageEntry entry = StageEntry.read(topics, stage, believed, record);
      StageTail.requireGrowth(epoch, entry, topics.stage(stage));
      Duration verify = Duration.ofNanos(System.nanoTime() - start);
      accept(entry, new Delivery(appended, reach, verify, Duration.ZERO));
    } catch (StageRecordException e) {
      report(e);
      return;
    }
    deliverPending();
  }

  private void accept(StageEntry entry, @Nullable Delivery came) {
    epoch = entry.record().getEpoch();
    pending = new Pending(entry, came, System.nanoTime());
    retryAfter = FIRST_RETRY;
    retryAt = System.nanoTime();
  }

  private void deliverPending() {
    Pending next = pending;
    if (next == null || isClosed() || System.nanoTime() - retryAt < 0) {
      return;
    }
    StageEntry entry = next.entry();
    if (entry.record().getLive().equals(delivered)) {
      pending = null;
      return;
    }
    try {
      for (StageEntry.Live each : entry.live()) {
        blobs.fetch(each.manifest().getBlobs(), each.published().getHints());
      }
    } catch (RuntimeException e) {
      if (isClosed()) {
        return;
      }
      report(e);
      retryAt = System.nanoTime() + retryAfter.toNanos();
      retryAfter = doubled(retryAfter);
      return;
    }
    pending = null;
    deliver(entry, next.delivery());
  }

  /** Errors count as failures of the version too: a model may lack memory or a native library. */
  private void deliver(StageEntry entry, @Nullable Delivery delivery) {
    try {
      onStage.accept(PublishedStage.of(entry, blobs, delivery));
      delivered = entry.record().getLive();
    } catch (Exception e) {
      report(e);
    } catch (Error e) {
      report(
          new IllegalStateException(
              "epoch %d of %s can't be taken up"
                  .formatted(entry.record().getEpoch(), topics.stage(stage)),
              e));
    }
  }

  private void report(Exception failure) {
    try {
      onFailure.accept(failure);
    } catch (RuntimeException e) {
      e.addSuppressed(failure);
      LOG.error("a failure on {} could not be reported", topics.stage(stage), e);
    }
  }

  private Duration awaitRetry(Duration pause) {
    try {
      closed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed.countDown();
    }
    return doubled(pause);
  }

  private static Duration doubled(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LAST_RETRY) < 0 ? twice : LAST_RETRY;
  }
}
