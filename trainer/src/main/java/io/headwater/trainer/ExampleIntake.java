package io.headwater.trainer;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.schemas.Example;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.trainer.replay.ExampleReader;
import io.headwater.trainer.replay.ExampleReader.Skipped;
import io.headwater.trainer.replay.ExampleReader.Usable;
import io.headwater.trainer.replay.ReplayBuffer;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.replay.SkipReason;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * Takes records of the training log into the replay, and leaves aside those that the champion's
 * head can't learn from.
 *
 * <p>Not safe for use by several threads.
 */
final class ExampleIntake {
  /** Is told of each example that can be read. */
  @FunctionalInterface
  interface Seen {
    /**
     * Takes it.
     *
     * @param usable what the head can learn from; null where it can't
     */
    void example(Example example, @Nullable ReplayExample usable);
  }

  private final Pipeline pipeline;
  private final RecordSerde<Example> serde;
  private ExampleReader reader;
  private ReplayBuffer buffer;

  ExampleIntake(Pipeline pipeline, RecordSerde<Example> serde, ExampleReader reader) {
    this.pipeline = pipeline;
    this.serde = serde;
    this.reader = reader;
    this.buffer = empty(reader);
  }

  /** Whether examples are read as another head needs them. */
  boolean reads(ExampleReader other) {
    return reader.equals(other);
  }

  /** Forgets every example, to be filled again with those that another head reads. */
  void restart(ExampleReader next) {
    reader = next;
    buffer = empty(next);
  }

  /**
   * Takes a record in.
   *
   * @return why it was left aside; empty where it was not
   */
  Optional<SkipReason> take(ConsumerRecord<byte[], byte[]> record, Seen seen) {
    byte[] value = record.value();
    if (value == null) {
      return Optional.of(SkipReason.UNREADABLE);
    }
    Example example;
    try {
      example = serde.read(value);
    } catch (SerializationException e) {
      return Optional.of(SkipReason.UNREADABLE);
    }
    ExampleReader.Read read = reader.read(example, record.partition(), record.offset());
    if (read instanceof Skipped skipped) {
      seen.example(example, null);
      return Optional.of(skipped.reason());
    }
    ReplayExample usable = ((Usable) read).example();
    seen.example(example, usable);
    buffer.add(usable);
    return Optional.empty();
  }

  /** What a training sees. */
  List<ReplayExample> select() {
    return buffer.select();
  }

  private ReplayBuffer empty(ExampleReader of) {
    Pipeline.Training training = pipeline.training();
    return new ReplayBuffer(
        of.labels().size(), training.window(), training.balanced(), training.seed());
  }
}
