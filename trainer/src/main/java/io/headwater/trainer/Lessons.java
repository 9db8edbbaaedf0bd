package io.headwater.trainer;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.Crossing;
import io.headwater.trainer.plan.FreezeDecision;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.replay.SkipReason;
import io.headwater.trainer.round.Deeper;
import io.headwater.trainer.tune.HeadGraph;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Prepares trainings: gets what crosses for each example, from the log or by running the model once
 * more, and plans how deep to go.
 *
 * <p>Not safe for use by several threads.
 */
final class Lessons {
  /** Of the examples of a deeper training, so many may lack their event, as a share. */
  private static final double MAY_LACK = 0.1;

  private final Recomputation recomputation;
  private final FreezePlanner planner;

  Lessons(Pipeline pipeline, Recomputation recomputation) {
    this.recomputation = recomputation;
    this.planner = new FreezePlanner(pipeline);
  }

  /** Prepares a training of the champion on what was replayed. */
  Lesson prepare(Champion champion, List<ReplayExample> replay, BooleanSupplier cancelled) {
    List<@Nullable Crossing> taps = taps(champion, replay, cancelled);
    List<ReplayExample> examples = new ArrayList<>();
    List<Crossing> crossing = new ArrayList<>();
    for (int i = 0; i < replay.size(); i++) {
      Crossing tap = taps.get(i);
      if (tap != null) {
        examples.add(replay.get(i));
        crossing.add(tap);
      }
    }
    List<SkipReason> gone =
        Collections.nCopies(replay.size() - examples.size(), SkipReason.EVENT_GONE);
    int[] classes = examples.stream().mapToInt(ReplayExample::classIndex).toArray();
    FreezeDecision freeze = planner.plan(champion.model(), champion.ladder(), classes, crossing);
    Lesson head = new Lesson(examples, crossing, null, freeze, gone);
    return freeze.deep() ? deepened(champion, head, cancelled) : head;
  }

  private List<@Nullable Crossing> taps(
      Champion champion, List<ReplayExample> replay, BooleanSupplier cancelled) {
    List<@Nullable Crossing> taps = new ArrayList<>();
    List<ReplayExample> without = new ArrayList<>();
    for (ReplayExample example : replay) {
      float[] logged = example.activation();
      taps.add(logged == null ? null : Crossing.of(logged));
      if (logged == null) {
        without.add(example);
      }
    }
    if (without.isEmpty()) {
      return taps;
    }
    Recomputation.Crossed crossed =
        recomputation.of(champion.model(), champion.headSegments(), without, cancelled);
    if (!crossed.trouble().isEmpty()) {
      throw new IllegalArgumentException(
          crossed.trouble() + ": raise it, or lower training.window and training.balanced");
    }
    boolean flat = Champion.loggable(champion.model().manifest());
    int next = 0;
    for (int i = 0; i < taps.size(); i++) {
      if (taps.get(i) == null) {
        Crossing row = crossed.rows().get(next++);
        taps.set(i, row == null || !flat ? row : Crossing.of(row.values()));
      }
    }
    return taps;
  }

  /** The same lesson with what crosses to the deeper segments, or of the head where that fails. */
  private Lesson deepened(Champion champion, Lesson head, BooleanSupplier cancelled) {
    int last = head.freeze().depth().segments();
    Recomputation.Crossed crossed =
        recomputation.of(champion.model(), last, head.examples(), cancelled);
    if (!crossed.trouble().isEmpty()) {
      return headInstead(head, crossed.trouble());
    }
    if (crossed.missing() > MAY_LACK * head.examples().size()) {
      return headInstead(
          head,
          "the events of %d of %d examples are gone"
              .formatted(crossed.missing(), head.examples().size()));
    }
    List<ReplayExample> examples = new ArrayList<>();
    List<Crossing> crossing = new ArrayList<>();
    List<Crossing> rows = new ArrayList<>();
    List<SkipReason> gone = new ArrayList<>(head.gone());
    for (int i = 0; i < head.examples().size(); i++) {
      Crossing row = crossed.rows().get(i);
      if (row == null) {
        gone.add(SkipReason.EVENT_GONE);
      } else {
        examples.add(head.examples().get(i));
        crossing.add(head.crossing().get(i));
        rows.add(row);
      }
    }
    Deeper deeper =
        new Deeper(HeadGraph.of(champion.model(), last), rows, head.freeze().drawnBack());
    return new Lesson(examples, crossing, deeper, head.freeze(), gone);
  }

  private static Lesson headInstead(Lesson head, String why) {
    return new Lesson(
        head.examples(),
        head.crossing(),
        null,
        head.freeze().headInstead(why + ": only the head trains"),
        head.gone());
  }
}
