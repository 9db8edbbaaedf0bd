package io.headwater.trainer.replay;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The highest revision of each corrected event, so that a superseded label that comes late stays
 * out even where the correction itself is no longer held.
 */
final class RevisionsSeen {
  private final Map<String, Integer> highest;

  /** Remembers at most {@code capacity} events; the one corrected first is forgotten first. */
  RevisionsSeen(int capacity) {
    this.highest =
        new LinkedHashMap<>() {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > capacity;
          }
        };
  }

  /** Notes a revision; false where a higher one is known. */
  boolean admits(String eventId, int revision) {
    int known = highest.getOrDefault(eventId, Integer.MIN_VALUE);
    if (revision < known) {
      return false;
    }
    if (revision > 0) {
      highest.put(eventId, revision);
    }
    return true;
  }
}
