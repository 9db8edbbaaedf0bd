package io.headwater.stream.join;

import static java.util.Objects.requireNonNull;

import io.headwater.stream.held.HeldScore;
import java.time.Duration;
import java.util.Set;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The side of the join on which scores arrive, and which keeps its clock.
 *
 * <p>The clock is the highest event time seen here. Labels don't move it: they are read far faster
 * than events are scored, and after a stop would otherwise expire what still waits for its score.
 */
final class ScoreSide implements Processor<String, HeldScore, byte[], JoinOutcome> {
  private static final Duration FREE_EVERY = Duration.ofSeconds(1);
  private static final int FREE_AT_ONCE = 20_000;

  private final FeedbackJoin.Settings settings;
  private @Nullable FeedbackJoin join;
  private long clock;

  private ScoreSide(FeedbackJoin.Settings settings) {
    this.settings = settings;
  }

  /** Makes processors that own the join's stores. */
  static ProcessorSupplier<String, HeldScore, byte[], JoinOutcome> supplier(
      FeedbackJoin.Settings settings, Set<StoreBuilder<?>> stores) {
    return new ProcessorSupplier<>() {
      @Override
      public Processor<String, HeldScore, byte[], JoinOutcome> get() {
        return new ScoreSide(settings);
      }

      @Override
      public Set<StoreBuilder<?>> stores() {
        return stores;
      }
    };
  }

  @Override
  public void init(ProcessorContext<byte[], JoinOutcome> context) {
    FeedbackJoin joining = new FeedbackJoin(settings, context);
    join = joining;
    context.schedule(
        FREE_EVERY, PunctuationType.WALL_CLOCK_TIME, now -> joining.free(clock, FREE_AT_ONCE));
  }

  @Override
  public void process(Record<String, HeldScore> record) {
    clock = Math.max(clock, record.value().getEventTime());
    requireNonNull(join).score(record.key(), record.value());
  }
}
