package io.headwater.schemas.topics;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A topic as it should be.
 *
 * @param replication replicas of each partition; -1 leaves it to the broker
 * @param config the settings that matter, by their Kafka names
 * @param ours false where the topic belongs to its producers: created with these settings when
 *     missing, but theirs to change
 */
public record TopicSpec(
    String name, int partitions, short replication, Map<String, String> config, boolean ours) {
  public TopicSpec {
    config = Collections.unmodifiableMap(new TreeMap<>(config));
  }
}
