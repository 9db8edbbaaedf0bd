package io.headwater.trainer.replay;

import io.headwater.model.runtime.Crossing;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What crossed for examples, by event and the segments that it came from, up to a number of bytes;
 * what was asked for longest ago goes first.
 *
 * <p>Safe for use by several threads.
 */
public final class CrossingCache {
  private static final int LOAD = 16;
  private static final float FACTOR = 0.75f;

  private final long maxBytes;
  private final Map<Key, Crossing> held = new LinkedHashMap<>(LOAD, FACTOR, true);
  private long bytes;

  private record Key(String prefix, String eventId) {}

  /** An empty cache. */
  public CrossingCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * What crossed for an event; null where it is not held.
   *
   * @param prefix digest of the segments that it came from
   */
  public synchronized @Nullable Crossing find(String prefix, String eventId) {
    return held.get(new Key(prefix, eventId));
  }

  /** Holds what crossed; more than the whole bound is not held. */
  public synchronized void put(String prefix, String eventId, Crossing crossing) {
    if (crossing.bytes() > maxBytes) {
      return;
    }
    Crossing before = held.put(new Key(prefix, eventId), crossing);
    bytes += crossing.bytes() - (before == null ? 0 : before.bytes());
    Iterator<Crossing> eldest = held.values().iterator();
    while (bytes > maxBytes) {
      bytes -= eldest.next().bytes();
      eldest.remove();
    }
  }

  /** What is held, in bytes. */
  public synchronized long bytes() {
    return bytes;
  }
}
