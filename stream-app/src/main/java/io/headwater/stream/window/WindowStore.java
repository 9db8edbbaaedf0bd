package io.headwater.stream.window;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.stream.held.HeldWindow;
import io.headwater.stream.join.BinarySerde;
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
 * What the windows hold, by window and key, and when to look whether a key has gone silent.
 *
 * <p>A key has one entry in the order of expiry, which is written when the key is first seen and
 * moved on only when it is due. Confined to its task's thread.
 */
final class WindowStore {
  private static final String HELD = "windows-held";
  private static final String DUE = "windows-due";

  private final KeyValueStore<Bytes, HeldWindow> held;
  private final KeyValueStore<Bytes, byte[]> due;

  WindowStore(ProcessingContext context) {
    this.held = context.getStateStore(HELD);
    this.due = context.getStateStore(DUE);
  }

  static Set<StoreBuilder<?>> builders() {
    return Set.of(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(HELD),
            Serdes.Bytes(),
            BinarySerde.of(HeldWindow.getEncoder(), HeldWindow.getDecoder())),
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(DUE), Serdes.Bytes(), Serdes.ByteArray()));
  }

  @Nullable HeldWindow get(SlidingWindow window, byte[] key) {
    return held.get(stateKey(window, key));
  }

  void put(SlidingWindow window, byte[] key, boolean isNew, HeldWindow next) {
    Bytes at = stateKey(window, key);
    held.put(at, next);
    if (isNew) {
      due.put(dueKey(window.deadline(next), at.get()), span(window.deadline(next), next));
    }
  }

  /** Frees what is due before a time, {@code max} entries at most. */
  void free(long clock, int max) {
    List<Bytes> keys = new ArrayList<>();
    List<Long> spans = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> entries =
        due.range(dueKey(0, new byte[0]), dueKey(clock, new byte[0]))) {
      while (entries.hasNext() && keys.size() < max) {
        var entry = entries.next();
        keys.add(entry.key);
        spans.add(ByteBuffer.wrap(entry.value).getLong());
      }
    }
    for (int i = 0; i < keys.size(); i++) {
      byte[] key = keys.get(i).get();
      due.delete(keys.get(i));
      byte[] state = new byte[key.length - Long.BYTES];
      System.arraycopy(key, Long.BYTES, state, 0, state.length);
      Bytes at = Bytes.wrap(state);
      HeldWindow still = held.get(at);
      if (still != null) {
        long deadline = still.getNewest() + spans.get(i);
        if (deadline < clock) {
          held.delete(at);
        } else {
          due.put(dueKey(deadline, state), bytes(spans.get(i)));
        }
      }
    }
  }

  /** How long after its newest event a key is due; the window may not be declared any more. */
  private static byte[] span(long deadline, HeldWindow held) {
    return bytes(deadline - held.getNewest());
  }

  private static byte[] bytes(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }

  private static Bytes stateKey(SlidingWindow window, byte[] key) {
    byte[] name = window.stateName().getBytes(UTF_8);
    return Bytes.wrap(
        ByteBuffer.allocate(Integer.BYTES + name.length + key.length)
            .putInt(name.length)
            .put(name)
            .put(key)
            .array());
  }

  /** Orders by deadline: times are never negative, so their bytes sort as they do. */
  private static Bytes dueKey(long deadline, byte[] state) {
    return Bytes.wrap(
        ByteBuffer.allocate(Long.BYTES + state.length).putLong(deadline).put(state).array());
  }
}
