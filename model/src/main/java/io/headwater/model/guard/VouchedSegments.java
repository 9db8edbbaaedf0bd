package io.headwater.model.guard;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Digests of the segments last found sound; content-addressed, so that they stay so.
 *
 * <p>Safe for use by several threads.
 */
final class VouchedSegments {
  private static final int MOST = 1_024;

  private final Map<String, Boolean> digests =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > MOST;
        }
      };

  synchronized boolean contains(String digest) {
    return digests.get(digest) != null;
  }

  synchronized void add(String digest) {
    digests.put(digest, true);
  }
}
