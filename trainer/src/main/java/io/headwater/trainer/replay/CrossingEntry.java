package io.headwater.trainer.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.model.runtime.Crossing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one crossing on disk, little-endian: their number (4), CRC-32C of all that follows
 * (4), key (32), shape, and values as floats.
 *
 * <p>The shape is the number of inputs and, for each, the number of its axes (4 bytes each) and
 * their lengths (8 bytes each).
 */
final class CrossingEntry {
  private static final int KEY = 32;
  private static final int HEAD = 2 * Integer.BYTES;
  private static final int MOST_AXES = 64;

  /** How many bytes tell an entry's length and key. */
  static final int START = HEAD + KEY;

  private CrossingEntry() {}

  /** Names what crossed for an event behind some segments, in 32 bytes. */
  static byte[] key(String prefix, String event) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(prefix.getBytes(UTF_8));
      sha.update((byte) 0);
      return sha.digest(event.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** How many bytes an entry has, by its first ones. */
  static int length(ByteBuffer start) {
    return start.getInt(0);
  }

  /** The key of an entry, by its first {@link #START} bytes. */
  static byte[] keyOf(ByteBuffer start) {
    byte[] key = new byte[KEY];
    start.get(HEAD, key);
    return key;
  }

  /** A whole entry, ready to be read. */
  static ByteBuffer of(byte[] key, Crossing crossing) {
    List<List<Long>> inputs = crossing.shape().inputs();
    int shape = Integer.BYTES;
    for (List<Long> axes : inputs) {
      shape += Integer.BYTES + Long.BYTES * axes.size();
    }
    int length = HEAD + KEY + shape + Float.BYTES * crossing.values().length;
    ByteBuffer entry = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    entry.putInt(length).putInt(0).put(key).putInt(inputs.size());
    for (List<Long> axes : inputs) {
      entry.putInt(axes.size());
      axes.forEach(entry::putLong);
    }
    entry.asFloatBuffer().put(crossing.values());
    entry.position(0);
    return entry.putInt(Integer.BYTES, crc(entry));
  }

  /**
   * What crossed; null where checksum or key differ.
   *
   * @throws IllegalArgumentException where its shape can't be one
   */
  static @Nullable Crossing read(ByteBuffer entry, byte[] key) {
    if (entry.getInt(Integer.BYTES) != crc(entry) || !MessageDigest.isEqual(keyOf(entry), key)) {
      return null;
    }
    entry.position(START);
    List<List<Long>> inputs = new ArrayList<>();
    for (int count = bounded(entry.getInt()); count > 0; count--) {
      List<Long> axes = new ArrayList<>();
      for (int rank = bounded(entry.getInt()); rank > 0; rank--) {
        axes.add(entry.getLong());
      }
      inputs.add(axes);
    }
    float[] values = new float[entry.remaining() / Float.BYTES];
    entry.asFloatBuffer().get(values);
    return new Crossing(values, new Crossing.Shape(inputs));
  }

  /** Over all that follows it. */
  private static int crc(ByteBuffer entry) {
    CRC32C crc = new CRC32C();
    crc.update(entry.duplicate().position(HEAD));
    return (int) crc.getValue();
  }

  private static int bounded(int count) {
    if (count < 0 || count > MOST_AXES) {
      throw new IllegalArgumentException("an entry of " + count + " parts");
    }
    return count;
  }
}
