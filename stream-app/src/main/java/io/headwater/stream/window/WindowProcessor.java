package io.headwater.stream.window;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.schemas.headers.DeadLetter;
import io.headwater.schemas.headers.DeadLetterReason;
import io.headwater.schemas.headers.HeaderNames;
import io.headwater.stream.held.HeldEvent;
import io.headwater.stream.held.HeldWindow;
import io.headwater.stream.meter.ScorerMeters;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Adds each event to its key's windows and sends it on with their features.
 *
 * <p>A probe sees the windows and is not added to them. Keys that have gone silent are freed by the
 * events' own clock, the highest event time seen here.
 */
final class WindowProcessor implements Processor<byte[], HeldEvent, byte[], WindowOutcome> {
  private static final Duration FREE_EVERY = Duration.ofSeconds(1);
  private static final int FREE_AT_ONCE = 10_000;

  record Settings(
      List<SlidingWindow> windows, String eventsTopic, int maxBytes, ScorerMeters meters) {}

  private final Settings settings;
  private @Nullable ProcessorContext<byte[], WindowOutcome> context;
  private @Nullable WindowStore store;
  private long clock;

  private WindowProcessor(Settings settings) {
    this.settings = settings;
  }

  static ProcessorSupplier<byte[], HeldEvent, byte[], WindowOutcome> supplier(Settings settings) {
    return new ProcessorSupplier<>() {
      @Override
      public Processor<byte[], HeldEvent, byte[], WindowOutcome> get() {
        return new WindowProcessor(settings);
      }

      @Override
      public Set<StoreBuilder<?>> stores() {
        return WindowStore.builders();
      }
    };
  }

  @Override
  public void init(ProcessorContext<byte[], WindowOutcome> processing) {
    WindowStore windows = new WindowStore(processing);
    context = processing;
    store = windows;
    processing.schedule(
        FREE_EVERY, PunctuationType.WALL_CLOCK_TIME, now -> windows.free(clock, FREE_AT_ONCE));
  }

  @Override
  public void process(Record<byte[], HeldEvent> record) {
    HeldEvent event = record.value();
    clock = Math.max(clock, event.getTime());
    ObjectNode tree = Enrichment.tree(event);
    boolean probe = record.headers().lastHeader(HeaderNames.PROBE) != null;
    Map<String, Map<String, OptionalDouble>> features = new LinkedHashMap<>();
    for (SlidingWindow window : settings.windows()) {
      features.put(window.name(), add(window, record.key(), event, tree, probe));
    }
    byte[] enriched = Enrichment.enriched(tree, event, features);
    if (enriched.length > settings.maxBytes()) {
      refuse(record, enriched.length);
    } else {
      requireNonNull(context)
          .forward(record.withKey(key(event)).withValue(new WindowOutcome.Enriched(enriched)));
    }
  }

  private Map<String, OptionalDouble> add(
      SlidingWindow window, byte[] entity, HeldEvent event, ObjectNode tree, boolean probe) {
    WindowStore windows = requireNonNull(store);
    HeldWindow held = windows.get(window, entity);
    SlidingWindow.Step step = window.add(held, event.getTime(), tree);
    if (step.late()) {
      settings.meters().windowMissed();
    }
    if (!probe) {
      windows.put(window, entity, held == null, step.next());
    }
    return step.features();
  }

  private void refuse(Record<byte[], HeldEvent> record, int bytes) {
    HeldEvent event = record.value();
    ProcessorContext<byte[], WindowOutcome> to = requireNonNull(context);
    settings.meters().deadLetter(DeadLetterReason.TOO_LARGE);
    to.forward(
        record
            .withKey(key(event))
            .<WindowOutcome>withValue(new WindowOutcome.Dead(bytes(event.getJson())))
            .withTimestamp(to.currentSystemTimeMs())
            .withHeaders(
                DeadLetter.headers(
                    record.headers(),
                    settings.eventsTopic(),
                    event.getPartition(),
                    event.getOffset(),
                    DeadLetterReason.TOO_LARGE,
                    "as JSON with its windows the event has "
                        + bytes
                        + " bytes, above "
                        + settings.maxBytes()
                        + ": shrink it, or raise event.maxBytes")));
  }

  private static byte @Nullable [] key(HeldEvent event) {
    return event.getKey() == null ? null : bytes(event.getKey());
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
