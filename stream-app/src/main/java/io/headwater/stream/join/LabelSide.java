package io.headwater.stream.join;

import static java.util.Objects.requireNonNull;

import io.headwater.stream.held.HeldLabel;
import java.util.Set;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/** The side of the join on which labels arrive. */
final class LabelSide implements Processor<String, HeldLabel, byte[], JoinOutcome> {
  private final FeedbackJoin.Settings settings;
  private @Nullable FeedbackJoin join;

  private LabelSide(FeedbackJoin.Settings settings) {
    this.settings = settings;
  }

  /** Makes processors that share the join's stores. */
  static ProcessorSupplier<String, HeldLabel, byte[], JoinOutcome> supplier(
      FeedbackJoin.Settings settings, Set<StoreBuilder<?>> stores) {
    return new ProcessorSupplier<>() {
      @Override
      public Processor<String, HeldLabel, byte[], JoinOutcome> get() {
        return new LabelSide(settings);
      }

      @Override
      public Set<StoreBuilder<?>> stores() {
        return stores;
      }
    };
  }

  @Override
  public void init(ProcessorContext<byte[], JoinOutcome> context) {
    join = new FeedbackJoin(settings, context);
  }

  @Override
  public void process(Record<String, HeldLabel> record) {
    requireNonNull(join).label(record.key(), record.value());
  }
}
