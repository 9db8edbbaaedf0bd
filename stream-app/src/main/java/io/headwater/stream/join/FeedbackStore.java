package io.headwater.stream.join;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.stream.held.Held;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * What the feedback join holds, by event id, and in the order in which it expires.
 *
 * <p>Two persistent, changelogged key-value stores: a label does not say its event's time, so a
 * windowed store could not find its score without looking into every window, and a scan over the
 * ids could not find what expires without looking at every id. RocksDB, as weeks of late labels
 * outgrow the heap. The two are written together, in one transaction.
 *
 * <p>Confined to its task's thread.
 */
final class FeedbackStore {
  private static final String HELD = "feedback-held";
  private static final String DUE = "feedback-due";
  private static final byte[] PRESENT = {1};

  private final FeedbackRules rules;
  private final KeyValueStore<String, Held> held;
  private final KeyValueStore<Bytes, byte[]> due;

  /** Where a look for what is due starts: RocksDB would wade through all that was deleted. */
  private long nothingBefore;

  FeedbackStore(FeedbackRules rules, ProcessingContext context) {
    this.rules = rules;
    this.held = context.getStateStore(HELD);
    this.due = context.getStateStore(DUE);
  }

  static Set<StoreBuilder<?>> builders() {
    return Set.of(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(HELD),
            Serdes.String(),
            BinarySerde.of(Held.getEncoder(), Held.getDecoder())),
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(DUE), Serdes.Bytes(), Serdes.ByteArray()));
  }

  @Nullable Held get(String eventId) {
    return held.get(eventId);
  }

  /** Replaces what is held for an event; null holds nothing. */
  void put(String eventId, @Nullable Held before, @Nullable Held next) {
    Bytes was = before == null ? null : dueKey(rules.deadline(before), eventId);
    Bytes is = next == null ? null : dueKey(rules.deadline(next), eventId);
    if (was != null && !was.equals(is)) {
      due.delete(was);
    }
    if (next != null && is != null && !is.equals(was)) {
      due.put(is, PRESENT);
      nothingBefore = Math.min(nothingBefore, rules.deadline(next));
    }
    if (next == null) {
      held.delete(eventId);
    } else {
      held.put(eventId, next);
    }
  }

  /**
   * Takes the ids of what is due before a time out of the order of expiry, the longest due first,
   * {@code max} at most; the caller puts what it goes on holding.
   *
   * @param clock epoch milliseconds
   */
  List<String> takeDue(long clock, int max) {
    List<Bytes> keys = new ArrayList<>();
    boolean all = true;
    try (KeyValueIterator<Bytes, byte[]> entries =
        due.range(dueKey(nothingBefore, ""), dueKey(clock, ""))) {
      while (entries.hasNext() && all) {
        keys.add(entries.next().key);
        all = keys.size() < max;
      }
    }
    List<String> ids = new ArrayList<>(keys.size());
    for (Bytes key : keys) {
      due.delete(key);
      ids.add(new String(key.get(), Long.BYTES, key.get().length - Long.BYTES, UTF_8));
    }
    nothingBefore = all ? clock : ByteBuffer.wrap(keys.get(keys.size() - 1).get()).getLong();
    return ids;
  }

  /** Orders by deadline: times are never negative, so their bytes sort as they do. */
  private static Bytes dueKey(long deadline, String eventId) {
    byte[] id = eventId.getBytes(UTF_8);
    return Bytes.wrap(
        ByteBuffer.allocate(Long.BYTES + id.length).putLong(deadline).put(id).array());
  }
}
