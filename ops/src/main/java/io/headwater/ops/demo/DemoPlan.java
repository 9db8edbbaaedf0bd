package io.headwater.ops.demo;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.ops.data.LabelledItem;
import java.util.ArrayList;
import java.util.List;

/**
 * What a demo streams and when it tells the answers.
 *
 * @param source the labelled items that the first version's head is trained on
 * @param phases what is streamed, in order
 * @param labelDelay the label of event i is released when event i + labelDelay has been produced
 */
record DemoPlan(
    String name, Pipeline pipeline, List<LabelledItem> source, List<Phase> phases, int labelDelay) {

  /** A stretch of the stream on one subject. */
  record Phase(String name, List<LabelledItem> items) {
    Phase {
      items = List.copyOf(items);
    }
  }

  DemoPlan {
    source = List.copyOf(source);
    phases = phases.stream().filter(phase -> !phase.items().isEmpty()).toList();
    if (labelDelay < 0 || phases.isEmpty()) {
      throw new IllegalArgumentException("a demo streams something, and labels come after events");
    }
  }

  /** Everything that is streamed, in order. */
  List<LabelledItem> stream() {
    return phases.stream().flatMap(phase -> phase.items().stream()).toList();
  }

  int events() {
    return phases.stream().mapToInt(phase -> phase.items().size()).sum();
  }

  /** Labels of the stream that are known before event {@code index} is produced. */
  int labelsKnownAt(int index) {
    return Math.max(0, index - labelDelay);
  }

  /** The same with at most {@code limit} events. */
  DemoPlan withEvents(int limit) {
    List<Phase> cut = new ArrayList<>();
    int left = limit;
    for (Phase phase : phases) {
      int taken = Math.min(left, phase.items().size());
      cut.add(new Phase(phase.name(), phase.items().subList(0, taken)));
      left -= taken;
    }
    return new DemoPlan(name, pipeline, source, cut, labelDelay);
  }
}
