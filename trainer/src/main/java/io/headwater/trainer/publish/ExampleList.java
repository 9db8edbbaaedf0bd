package io.headwater.trainer.publish;

import io.headwater.trainer.replay.ReplayExample;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The list of examples that a version was trained on, as the blob that its lineage names: a line
 * with the topic, then a line {@code partition:offset} each, in ascending order.
 *
 * @param topic the training log
 */
public record ExampleList(String topic, List<Position> positions) {
  private static final Comparator<ReplayExample> POSITION =
      Comparator.comparingInt(ReplayExample::partition).thenComparingLong(ReplayExample::offset);

  /** Where an example lies. */
  public record Position(int partition, long offset) {
    @Override
    public String toString() {
      return partition + ":" + offset;
    }
  }

  public ExampleList {
    positions = List.copyOf(positions);
  }

  /**
   * Reads what {@link #bytes} writes.
   *
   * @throws IllegalArgumentException where it is something else
   */
  public static ExampleList read(byte[] bytes) {
    List<String> lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
    List<Position> positions = new ArrayList<>();
    for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
      if (!line.matches("\\d{1,9}:\\d{1,18}")) {
        throw new IllegalArgumentException("the list of examples holds '" + line + "'");
      }
      int colon = line.indexOf(':');
      positions.add(
          new Position(
              Integer.parseInt(line.substring(0, colon)),
              Long.parseLong(line.substring(colon + 1))));
    }
    if (positions.isEmpty()) {
      throw new IllegalArgumentException("the list of examples is empty");
    }
    return new ExampleList(lines.get(0), positions);
  }

  /** The list's bytes: the same for the same examples in whatever order. */
  public static byte[] bytes(String topic, List<ReplayExample> examples) {
    return examples.stream()
        .sorted(POSITION)
        .map(example -> example.partition() + ":" + example.offset() + "\n")
        .collect(Collectors.joining("", topic + "\n", ""))
        .getBytes(StandardCharsets.UTF_8);
  }
}
