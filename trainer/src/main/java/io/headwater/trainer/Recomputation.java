package io.headwater.trainer;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.runtime.Crossing;
import io.headwater.model.runtime.InferenceException;
import io.headwater.model.runtime.Prefix;
import io.headwater.schemas.serde.EventDecoder;
import io.headwater.schemas.serde.RegistryUnavailableException;
import io.headwater.trainer.replay.CrossingCache;
import io.headwater.trainer.replay.CrossingFiles;
import io.headwater.trainer.replay.EventAt;
import io.headwater.trainer.replay.ReplayExample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * Runs a version's leading segments over the events of examples once more, and remembers what
 * crossed.
 *
 * <p>Not safe for use by several threads.
 */
final class Recomputation {
  /** Where events are looked up. */
  @FunctionalInterface
  interface Events {
    /** Hands over the value of each event that is still there. */
    void read(List<EventAt> events, BiConsumer<EventAt, byte[]> each, BooleanSupplier cancelled);
  }

  /**
   * What crossed.
   *
   * @param rows for each example in turn; null where its event is gone or can't be run
   * @param trouble why none is complete, a clause; empty where the bound was kept
   */
  record Crossed(List<@Nullable Crossing> rows, String trouble) {
    long missing() {
      return rows.stream().filter(row -> row == null).count();
    }
  }

  private final Events events;
  private final EventDecoder decoder;
  private final long maxBytes;
  private final CrossingCache cache;
  private final CrossingFiles kept;
  private final Map<String, JsonNode> known;

  /**
   * Starts with nothing remembered.
   *
   * @param maxBytes what may be remembered, and what may cross for the examples of one training
   * @param kept what is remembered over a restart; stays the caller's to close
   */
  Recomputation(Events events, EventDecoder decoder, long maxBytes, CrossingFiles kept) {
    this(events, decoder, maxBytes, kept, Map.of());
  }

  /**
   * The same with events that lie on no topic.
   *
   * @param known by the ids of their examples
   */
  Recomputation(
      Events events,
      EventDecoder decoder,
      long maxBytes,
      CrossingFiles kept,
      Map<String, JsonNode> known) {
    this.known = Map.copyOf(known);
    this.events = events;
    this.decoder = decoder;
    this.maxBytes = maxBytes;
    this.cache = new CrossingCache(maxBytes);
    this.kept = kept;
  }

  /**
   * What crosses to the last segments of a version.
   *
   * @param last how many
   * @throws CancellationException soon after {@code cancelled} answered true
   */
  Crossed of(
      ModelPackage version, int last, List<ReplayExample> examples, BooleanSupplier cancelled) {
    String prefix = Segments.digest(Segments.before(version.manifest(), last));
    @Nullable Crossing[] rows = new Crossing[examples.size()];
    Map<EventAt, List<Integer>> missing = new HashMap<>();
    List<Integer> local = new ArrayList<>();
    long[] bytes = {0};
    for (int i = 0; i < rows.length; i++) {
      ReplayExample example = examples.get(i);
      Crossing held = held(prefix, example);
      rows[i] = held;
      EventAt event = example.event();
      if (held != null) {
        bytes[0] += held.bytes();
      } else if (event != null) {
        missing.computeIfAbsent(event, at -> new ArrayList<>()).add(i);
      } else if (known.containsKey(example.eventId())) {
        local.add(i);
      }
    }
    BooleanSupplier enough = () -> cancelled.getAsBoolean() || bytes[0] > maxBytes;
    if ((!missing.isEmpty() || !local.isEmpty()) && !enough.getAsBoolean()) {
      try (Prefix run = Prefix.open(version, last)) {
        for (int row : local) {
          String id = examples.get(row).eventId();
          Crossing crossing =
              enough.getAsBoolean() ? null : run(run, requireNonNull(known.get(id)));
          if (crossing != null) {
            rows[row] = crossing;
            bytes[0] += crossing.bytes();
            cache.put(prefix, id, crossing);
          }
        }
        events.read(
            List.copyOf(missing.keySet()),
            (at, value) -> {
              Crossing crossing = enough.getAsBoolean() ? null : run(run, value);
              if (crossing == null) {
                return;
              }
              for (int row : missing.getOrDefault(at, List.of())) {
                rows[row] = crossing;
                bytes[0] += crossing.bytes();
                cache.put(prefix, examples.get(row).eventId(), crossing);
                kept.put(prefix, name(examples.get(row).eventId(), at), crossing);
              }
            },
            enough);
      }
    }
    if (cancelled.getAsBoolean()) {
      throw new CancellationException("the trainer was closed while activations were recomputed");
    }
    return new Crossed(
        Arrays.asList(rows),
        bytes[0] > maxBytes
            ? "what crosses to the last %d segments for %d examples takes more than the %d MiB of training.activationBytes"
                .formatted(last, rows.length, maxBytes >> 20)
            : "");
  }

  private @Nullable Crossing held(String prefix, ReplayExample example) {
    Crossing held = cache.find(prefix, example.eventId());
    EventAt event = example.event();
    if (held != null || event == null) {
      return held;
    }
    held = kept.find(prefix, name(example.eventId(), event));
    if (held != null) {
      cache.put(prefix, example.eventId(), held);
    }
    return held;
  }

  /** An event's id with where it lies: ids may come again years later. */
  private static String name(String id, EventAt event) {
    return "%s-%d@%d %s".formatted(event.topic(), event.partition(), event.offset(), id);
  }

  private @Nullable Crossing run(Prefix run, byte[] value) {
    try {
      return run(run, decoder.decode(value));
    } catch (RegistryUnavailableException e) {
      throw e;
    } catch (SerializationException e) {
      return null;
    }
  }

  private static @Nullable Crossing run(Prefix run, JsonNode event) {
    try {
      return run.run(event);
    } catch (FeatureException | InferenceException e) {
      // It was scored once: the version that trains now wants other features.
      return null;
    }
  }
}
