package io.headwater.ops.data;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing to be scored, with the answer.
 *
 * @param id unique in its data set; tells nothing of the label
 * @param time when it arrived; null where the data set does not say
 * @param fields its texts by field name, in the data set's order
 */
public record LabelledItem(
    String id, @Nullable Instant time, Map<String, String> fields, String label) {
  public LabelledItem {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }
}
