package io.headwater.ops.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.pipeline.Memory;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.ops.data.LabelledItem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a demo streams and when it tells the answers.
 *
 * @param source the labelled items that the first version's head is trained on
 * @param guard others of the same task, which tell what is forgotten of it; none where the pipeline
 *     names no guard set
 * @param phases what is streamed, in order
 * @param labelDelay the label of event i is released when event i + labelDelay has been produced
 */
record DemoPlan(
    String name,
    Pipeline pipeline,
    List<LabelledItem> source,
    List<LabelledItem> guard,
    List<Phase> phases,
    int labelDelay) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A stretch of the stream on one subject. */
  record Phase(String name, List<LabelledItem> items) {
    Phase {
      items = List.copyOf(items);
    }
  }

  DemoPlan {
    source = List.copyOf(source);
    guard = List.copyOf(guard);
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
    return new DemoPlan(name, pipeline, source, guard, cut, labelDelay);
  }

  /**
   * The same with the files that its pipeline names beside itself, written into a folder.
   *
   * @throws UncheckedIOException where one can't be written
   */
  DemoPlan in(Path folder) {
    Memory memory = pipeline.training().memory();
    Path guarded = memory.guard();
    Path rehearsed = memory.rehearsal();
    if (guarded == null || rehearsed == null) {
      return this;
    }
    Memory written =
        new Memory(
            memory.sourceCap(),
            memory.replayBytes(),
            memory.exclude(),
            write(source, folder.resolve(rehearsed.getFileName())),
            write(guard, folder.resolve(guarded.getFileName())),
            memory.guardTolerance());
    return new DemoPlan(name, pipeline.remembering(written), source, guard, phases, labelDelay);
  }

  private static Path write(List<LabelledItem> items, Path file) {
    try {
      return Files.write(file, items.stream().map(DemoPlan::line).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String line(LabelledItem item) {
    try {
      ObjectNode event = (ObjectNode) JSON.readTree(Feeder.event(item));
      return event.put("label", item.label()).toString();
    } catch (IOException e) {
      throw new UncheckedIOException("an event that was just written can be read", e);
    }
  }
}
