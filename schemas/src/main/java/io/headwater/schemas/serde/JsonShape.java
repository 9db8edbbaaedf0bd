package io.headwater.schemas.serde;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The names of an object's fields, one after the other: a path from the root of a tree that all
 * objects of a decoder share, so that an object whose names were seen before needs none of its own.
 *
 * <p>Safe for use by several threads.
 */
final class JsonShape {
  private static final int MAX_NAME_BYTES = 255;
  private static final int MAX_FIELDS = 512;
  private static final int MAX_CHILDREN = 32;

  /** Names and places that one tree may hold: some megabytes. */
  private static final int ROOM = 1 << 16;

  private final byte[] name;
  private final int index;
  private final @Nullable JsonShape before;
  private final AtomicInteger room;
  private volatile JsonShape[] children = {};

  /** The child that fitted last; a hint that may be old. */
  private @Nullable JsonShape likely;

  private volatile @Nullable Map<String, Integer> places;

  private JsonShape(byte[] name, int index, @Nullable JsonShape before, AtomicInteger room) {
    this.name = name;
    this.index = index;
    this.before = before;
    this.room = room;
  }

  /** An empty tree. */
  static JsonShape root() {
    return new JsonShape(new byte[0], -1, null, new AtomicInteger(ROOM));
  }

  /** Whether the tree takes no more names: it is to be replaced by an empty one. */
  boolean isFull() {
    return room.get() <= 0;
  }

  /** How many fields there are up to this one. */
  int fields() {
    return index + 1;
  }

  int nameBytes() {
    return name.length;
  }

  /**
   * The shape with one more field, where the bytes hold the name of the likely one and a quote.
   *
   * @param at where the name begins
   */
  @Nullable JsonShape likely(byte[] bytes, int at) {
    JsonShape next = likely;
    if (next == null) {
      return null;
    }
    byte[] wanted = next.name;
    int end = at + wanted.length;
    if (end >= bytes.length || bytes[end] != '"') {
      return null;
    }
    // Names are short: comparing them as ranges costs more than it saves.
    for (int i = 0; i < wanted.length; i++) {
      if (bytes[at + i] != wanted[i]) {
        return null;
      }
    }
    return next;
  }

  /**
   * The shape with one more field, or null where the tree has no room for it.
   *
   * @param at where its name of plain ASCII begins
   * @param end where it ends
   */
  @Nullable JsonShape with(byte[] bytes, int at, int end) {
    if (end - at > MAX_NAME_BYTES || fields() == MAX_FIELDS) {
      return null;
    }
    JsonShape next = child(bytes, at, end);
    if (next == null) {
      next = add(bytes, at, end);
    }
    likely = next;
    return next;
  }

  private @Nullable JsonShape child(byte[] bytes, int at, int end) {
    for (JsonShape child : children) {
      if (Arrays.equals(bytes, at, end, child.name, 0, child.name.length)) {
        return child;
      }
    }
    return null;
  }

  private synchronized @Nullable JsonShape add(byte[] bytes, int at, int end) {
    JsonShape there = child(bytes, at, end);
    if (there != null || children.length == MAX_CHILDREN || room.getAndDecrement() <= 0) {
      return there;
    }
    JsonShape added = new JsonShape(Arrays.copyOfRange(bytes, at, end), index + 1, this, room);
    JsonShape[] more = Arrays.copyOf(children, children.length + 1);
    more[more.length - 1] = added;
    children = more;
    return added;
  }

  /** Index of each name's last field, in the order of their first. */
  Map<String, Integer> places() {
    Map<String, Integer> known = places;
    if (known == null) {
      JsonShape[] path = new JsonShape[fields()];
      for (JsonShape at = this; at != null && at.index >= 0; at = at.before) {
        path[at.index] = at;
      }
      known = new LinkedHashMap<>();
      for (JsonShape at : path) {
        known.put(new String(at.name, US_ASCII), at.index);
      }
      places = known;
      room.addAndGet(-known.size());
    }
    return known;
  }
}
