package io.headwater.model.log;

import io.headwater.schemas.client.ClientKind;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A producer whose transactional id fences any other with the same, and is fenced by the next.
 *
 * <p>Not safe for use by several threads. Work that fails is aborted, and the writer can be used
 * again, unless it was fenced or the fate of a commit is unknown: then it has ended.
 */
final class TransactionalWriter implements AutoCloseable {
  /**
   * Long enough to send a package of 90 MB at 10 Mbit/s; a dead writer's successor aborts sooner.
   */
  private static final Duration TRANSACTION = Duration.ofSeconds(90);

  private static final Duration DELIVERY = Duration.ofSeconds(60);
  private static final Duration REQUEST = Duration.ofSeconds(15);
  private static final Duration BLOCK = Duration.ofSeconds(30);
  private static final Duration CLOSE = Duration.ofSeconds(10);
  private static final int COMMIT_ATTEMPTS = 3;

  private final String id;
  private final KafkaProducer<byte[], byte[]> producer;
  private @Nullable String ended;

  TransactionalWriter(String id, int maxRecordBytes, Map<String, Object> client) {
    this.id = id;
    Map<String, Object> settings = ClientKind.PRODUCER.settings(client);
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, maxRecordBytes);
    settings.putIfAbsent(
        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, Math.toIntExact(TRANSACTION.toMillis()));
    settings.putIfAbsent(
        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Math.toIntExact(DELIVERY.toMillis()));
    settings.putIfAbsent(
        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.toIntExact(REQUEST.toMillis()));
    settings.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, BLOCK.toMillis());
    producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    try {
      producer.initTransactions();
    } catch (RuntimeException e) {
      producer.close(Duration.ZERO);
      throw e;
    }
  }

  /**
   * Runs work in one transaction: all that it sends becomes visible together, or nothing does.
   *
   * @throws ProducerFencedException where another writer with the same id took over
   * @throws IllegalStateException where the writer has ended, or the commit's fate is unknown
   */
  <R> R inTransaction(Supplier<R> work) {
    if (ended != null) {
      throw new IllegalStateException("the writer " + id + " has ended: " + ended);
    }
    R result;
    try {
      producer.beginTransaction();
      result = work.get();
      producer.flush();
    } catch (RuntimeException e) {
      throw aborted(e);
    } catch (Error e) {
      e.addSuppressed(aborted(new KafkaException("aborted", e)));
      throw e;
    }
    commit();
    return result;
  }

  /** Sends a record whose place does not matter; should it fail, so does the commit. */
  void write(ProducerRecord<byte[], byte[]> record) {
    Future<RecordMetadata> unused = producer.send(record);
  }

  Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
    return producer.send(record);
  }

  void sendOffsets(Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
    if (!offsets.isEmpty()) {
      producer.sendOffsetsToTransaction(offsets, group);
    }
  }

  /** Waits until all that was sent is acknowledged or has failed. */
  void flush() {
    producer.flush();
  }

  /** What the broker answered to a send that has been flushed. */
  static RecordMetadata acknowledged(Future<RecordMetadata> sent) {
    try {
      return sent.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KafkaException cause) {
        throw cause;
      }
      throw new KafkaException("a record could not be written", e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private void commit() {
    for (int attempt = 1; ; attempt++) {
      try {
        producer.commitTransaction();
        return;
      } catch (TimeoutException e) {
        if (attempt == COMMIT_ATTEMPTS) {
          end("a commit was not answered");
          throw new IllegalStateException(
              "the broker did not answer the commit of "
                  + id
                  + ": whether it was written is unknown; open the writer again and read first",
              e);
        }
      } catch (RuntimeException e) {
        throw aborted(e);
      }
    }
  }

  private RuntimeException aborted(RuntimeException cause) {
    @Nullable RuntimeException abortFailed = null;
    try {
      producer.abortTransaction();
    } catch (RuntimeException e) {
      abortFailed = e;
    }
    if (isFencing(cause) || isFencing(abortFailed)) {
      end("it was fenced");
      ProducerFencedException fenced =
          new ProducerFencedException(
              "another writer took over as "
                  + id
                  + "; nothing of this transaction was written, and this writer must stop");
      fenced.initCause(cause);
      return fenced;
    }
    if (abortFailed != null) {
      end("a transaction could not be aborted");
      cause.addSuppressed(abortFailed);
    }
    return cause;
  }

  private static boolean isFencing(@Nullable Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof ProducerFencedException
          || cause instanceof InvalidProducerEpochException) {
        return true;
      }
    }
    return false;
  }

  private void end(String reason) {
    ended = reason;
    producer.close(Duration.ZERO);
  }

  @Override
  public void close() {
    ended = "it was closed";
    producer.close(CLOSE);
  }
}
