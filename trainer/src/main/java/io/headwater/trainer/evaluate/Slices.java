package io.headwater.trainer.evaluate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Parts of a stream by the values of a field: {@code country=AT}. Of each field the most frequent
 * values stand alone, and all others together.
 */
public final class Slices {
  private static final String OTHER = "(other)";
  private static final String NONE = "(none)";
  private static final int LONGEST = 40;

  private Slices() {}

  /**
   * The slice that a value puts its event in. Values that are no name (longer than 40 characters,
   * or with control characters in them) are in that of all others.
   *
   * @param value null where the event has none
   */
  public static String name(String field, @Nullable Object value) {
    String text = value == null ? NONE : value.toString();
    boolean unfit =
        text.isEmpty() || text.length() > LONGEST || text.chars().anyMatch(Character::isISOControl);
    return field + "=" + (unfit ? OTHER : text);
  }

  /**
   * Groups examples.
   *
   * @param names of each example, one for each field
   * @param most values of each field that stand alone
   * @return the examples of each slice by their places; of equally frequent values the first by
   *     name stands alone
   */
  public static Map<String, List<Integer>> of(List<List<String>> names, int most) {
    Map<String, List<Integer>> all = new TreeMap<>();
    for (int i = 0; i < names.size(); i++) {
      for (String name : names.get(i)) {
        all.computeIfAbsent(name, unseen -> new ArrayList<>()).add(i);
      }
    }
    List<Map.Entry<String, List<Integer>>> frequent = new ArrayList<>(all.entrySet());
    frequent.sort((a, b) -> Integer.compare(b.getValue().size(), a.getValue().size()));
    Map<String, Integer> alone = new HashMap<>();
    Map<String, List<Integer>> slices = new LinkedHashMap<>();
    for (Map.Entry<String, List<Integer>> slice : frequent) {
      String field = slice.getKey().substring(0, slice.getKey().indexOf('='));
      String other = field + "=" + OTHER;
      boolean own = !slice.getKey().equals(other) && alone.merge(field, 1, Integer::sum) <= most;
      slices
          .computeIfAbsent(own ? slice.getKey() : other, unseen -> new ArrayList<>())
          .addAll(slice.getValue());
    }
    return slices;
  }
}
