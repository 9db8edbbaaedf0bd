package io.headwater.trainer.publish;

import io.headwater.trainer.replay.ReplayExample;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The list of examples that a version was trained on, as the blob that its lineage names: a line
 * with the topic, then a line {@code partition:offset} each, in ascending order.
 */
public final class ExampleList {
  private static final Comparator<ReplayExample> POSITION =
      Comparator.comparingInt(ReplayExample::partition).thenComparingLong(ReplayExample::offset);

  private ExampleList() {}

  /** The list's bytes: the same for the same examples in whatever order. */
  public static byte[] bytes(String topic, List<ReplayExample> examples) {
    return examples.stream()
        .sorted(POSITION)
        .map(example -> example.partition() + ":" + example.offset() + "\n")
        .collect(Collectors.joining("", topic + "\n", ""))
        .getBytes(StandardCharsets.UTF_8);
  }
}
