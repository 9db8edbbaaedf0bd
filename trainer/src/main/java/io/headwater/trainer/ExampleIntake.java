package io.headwater.trainer;

import io.headwater.model.pipeline.Exclusions;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.schemas.Example;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.trainer.replay.ExampleReader;
import io.headwater.trainer.replay.ExampleReader.Skipped;
import io.headwater.trainer.replay.ExampleReader.Usable;
import io.headwater.trainer.replay.ReplayBuffer;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.replay.ReplayLimits;
import io.headwater.trainer.replay.SkipReason;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes records of the training log into the replay, and leaves aside those that the champion's
 * head can't learn from.
 *
 * <p>Not safe for use by several threads.
 */
final class ExampleIntake {
  private static final Logger LOG = LoggerFactory.getLogger(ExampleIntake.class);

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
  private final Exclusions excluded;
  private ExampleReader reader;
  private ReplayBuffer buffer;

  ExampleIntake(Pipeline pipeline, RecordSerde<Example> serde, ExampleReader reader) {
    this(pipeline, serde, reader, Exclusions.NONE);
  }

  /**
   * Begins with nothing.
   *
   * @param besides examples left aside in addition to those that the pipeline excludes; none of
   *     them is shown to anybody
   */
  ExampleIntake(
      Pipeline pipeline, RecordSerde<Example> serde, ExampleReader reader, Exclusions besides) {
    this.pipeline = pipeline;
    this.serde = serde;
    this.excluded = pipeline.training().memory().exclude().and(besides);
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
    if (excluded.excludes(
        example.getEventId(), example.getSource(), record.partition(), record.offset())) {
      return Optional.of(SkipReason.EXCLUDED);
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
    ReplayLimits wanted =
        new ReplayLimits(training.window(), training.balanced(), training.memory().sourceCap());
    ReplayLimits limits = wanted.within(training.memory().replayBytes(), Math.max(0, of.width()));
    if (!limits.equals(wanted)) {
      LOG.warn(
          "a replay of {} newest and {} older examples takes more than training.replayBytes: it is"
              + " cut to {} and {}",
          wanted.window(),
          wanted.balanced(),
          limits.window(),
          limits.balanced());
    }
    return new ReplayBuffer(Math.max(1, of.labels().size()), limits, training.seed());
  }
}
