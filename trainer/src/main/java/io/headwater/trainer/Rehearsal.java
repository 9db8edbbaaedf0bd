package io.headwater.trainer;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.trainer.replay.ReplayExample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Labelled events of the task that a model was trained for, which every training sees as if they
 * were the oldest examples, so that it is not forgotten.
 *
 * @param digest SHA-256 of the file; empty where there is none
 * @param examples on no partition
 * @param events by the examples' ids
 */
record Rehearsal(String digest, List<ReplayExample> examples, Map<String, JsonNode> events) {
  /** The setting that names the file by its SHA-256. */
  static final String DIGEST = "rehearsal.sha256";

  /** No events at all. */
  static final Rehearsal NONE = new Rehearsal("", List.of(), Map.of());

  private static final int NOWHERE = -1;

  Rehearsal {
    examples = List.copyOf(examples);
    events = Map.copyOf(events);
  }

  /**
   * The pipeline's.
   *
   * @throws IllegalArgumentException naming the file, and the line that can't be used
   */
  static Rehearsal of(Pipeline pipeline) {
    Path file = pipeline.training().memory().rehearsal();
    if (file == null) {
      return NONE;
    }
    LabelledFile read = LabelledFile.read(file, pipeline.labels(), "training.rehearsal");
    List<ReplayExample> examples = new ArrayList<>();
    Map<String, JsonNode> events = new HashMap<>();
    for (int i = 0; i < read.events().size(); i++) {
      String id = "%s/%d".formatted(read.digest(), i);
      events.put(id, read.events().get(i).event());
      int label = pipeline.labels().indexOf(read.events().get(i).label());
      long before = Long.MIN_VALUE + i;
      examples.add(new ReplayExample(id, 0, before, before, label, 1, null, NOWHERE, i));
    }
    return new Rehearsal(read.digest(), examples, events);
  }

  /** What is replayed, behind these. */
  List<ReplayExample> before(List<ReplayExample> replay) {
    List<ReplayExample> all = new ArrayList<>(examples);
    all.addAll(replay);
    return all;
  }

  /** Those examples that came from the training log. */
  static List<ReplayExample> without(List<ReplayExample> examples) {
    return examples.stream().filter(Rehearsal::isLogged).toList();
  }

  static boolean isLogged(ReplayExample example) {
    return example.partition() != NOWHERE;
  }
}
