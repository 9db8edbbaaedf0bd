package io.headwater.model.featurise;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.BitSet;
import java.util.Deque;

/**
 * SentencePiece's compiled map of characters: a double-array trie of keys (in the units of
 * Darts-clone), then the replacements, each ended by a zero byte.
 *
 * <p>The native code looks up whatever a text holds without checking that it stays inside the
 * array, so every place that any text can lead to is gone through here.
 */
final class PrecompiledMap {
  private static final int MAX_UNITS = 1 << 20;
  private static final int MAX_REPLACEMENT_BYTES = 64;
  private static final int LEAF = 1 << 8;
  private static final int LABEL = (1 << 31) | 0xFF;
  private static final int VALUE = Integer.MAX_VALUE;

  private final int[] units;
  private final byte[] replacements;
  private final BitSet seen = new BitSet();
  private final Deque<Integer> open = new ArrayDeque<>();

  private PrecompiledMap(int[] units, byte[] replacements) {
    this.units = units;
    this.replacements = replacements;
  }

  /**
   * Checks a map.
   *
   * @throws IllegalArgumentException where it is damaged, or a text could lead out of it
   */
  static void check(String base64) {
    ByteBuffer bytes;
    try {
      bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IllegalArgumentException e) {
      throw damaged();
    }
    long size = bytes.remaining() < Integer.BYTES ? -1 : bytes.getInt() / Integer.BYTES;
    if (size < 1 || size > MAX_UNITS || size * Integer.BYTES > bytes.remaining()) {
      throw damaged();
    }
    int[] units = new int[(int) size];
    for (int i = 0; i < units.length; i++) {
      units[i] = bytes.getInt();
    }
    byte[] replacements = new byte[bytes.remaining()];
    bytes.get(replacements);
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(replacements));
    } catch (CharacterCodingException e) {
      throw damaged();
    }
    new PrecompiledMap(units, replacements).walk();
  }

  private void walk() {
    reach(offset(units[0]));
    while (!open.isEmpty()) {
      int node = open.removeFirst();
      for (int label = 1; label <= 0xFF; label++) {
        int at = node ^ label;
        int unit = unit(at);
        if ((unit & LABEL) == label) {
          int next = at ^ offset(unit);
          if ((unit & LEAF) != 0) {
            replacement(unit(next) & VALUE);
          }
          reach(next);
        }
      }
    }
  }

  private void reach(int node) {
    unit(node);
    if (!seen.get(node)) {
      seen.set(node);
      open.addLast(node);
    }
  }

  private int unit(int at) {
    if (at >= units.length) {
      throw damaged();
    }
    return units[at];
  }

  private void replacement(int from) {
    if (from > replacements.length
        || (from < replacements.length && (replacements[from] & 0xC0) == 0x80)) {
      throw damaged();
    }
    int end = from;
    while (end < replacements.length && replacements[end] != 0) {
      end++;
      if (end - from > MAX_REPLACEMENT_BYTES) {
        throw damaged();
      }
    }
  }

  private static int offset(int unit) {
    return (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
  }

  private static IllegalArgumentException damaged() {
    return new IllegalArgumentException("its tokenizer has a Precompiled map that is damaged");
  }
}
