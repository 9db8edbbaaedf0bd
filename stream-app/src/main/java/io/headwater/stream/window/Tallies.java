package io.headwater.stream.window;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.stream.held.HeldTally;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.common.utils.Utils;

/**
 * Sums up one field over events.
 *
 * <p>Distinct values are counted from the lowest hashes (k minimum values; Bar-Yossef et al.,
 * Counting distinct elements in a data stream, 2002): exactly below {@link #HASHES}, above with a
 * standard error of about 1/sqrt(HASHES - 2), 13 %.
 */
final class Tallies {
  static final int HASHES = 64;

  private static final double HASH_SPACE = 0x1p32;
  private static final Comparator<Integer> UNSIGNED = Integer::compareUnsigned;

  private Tallies() {}

  /** The tally of one event's field. */
  static HeldTally of(JsonNode field, boolean distinct) {
    boolean present = !field.isMissingNode() && !field.isNull();
    boolean number = field.isNumber() && Double.isFinite(field.doubleValue());
    double value = number ? field.doubleValue() : 0;
    List<Integer> hashes =
        distinct && present ? List.of(Utils.murmur2(field.asText().getBytes(UTF_8))) : List.of();
    return new HeldTally(
        present ? 1 : 0, number ? 1 : 0, value, number ? value : Double.NEGATIVE_INFINITY, hashes);
  }

  static HeldTally merged(HeldTally a, HeldTally b) {
    return new HeldTally(
        a.getPresent() + b.getPresent(),
        a.getNumbers() + b.getNumbers(),
        a.getSum() + b.getSum(),
        Math.max(a.getMax(), b.getMax()),
        lowest(a.getHashes(), b.getHashes()));
  }

  /** How many distinct values the hashes stand for. */
  static double distinct(List<Integer> hashes) {
    if (hashes.size() < HASHES) {
      return hashes.size();
    }
    double highest = Integer.toUnsignedLong(hashes.get(HASHES - 1)) + 1.0;
    return (HASHES - 1) * HASH_SPACE / highest;
  }

  private static List<Integer> lowest(List<Integer> a, List<Integer> b) {
    if (b.isEmpty()) {
      return a;
    }
    TreeSet<Integer> union = new TreeSet<>(UNSIGNED);
    union.addAll(a);
    union.addAll(b);
    return new ArrayList<>(union).subList(0, Math.min(HASHES, union.size()));
  }
}
