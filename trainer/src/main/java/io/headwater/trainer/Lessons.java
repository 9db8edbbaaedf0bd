package io.headwater.trainer;

import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.Crossing;
import io.headwater.trainer.plan.FreezeDecision;
import io.headwater.trainer.plan.Way;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.replay.SkipReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;
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
  private final Function<ModelPackage, Courses> courses;

  Lessons(Pipeline pipeline, Recomputation recomputation) {
    this(
        new FreezePlanner(pipeline),
        recomputation,
        model -> new Courses(pipeline, model, Map.of()));
  }

  Lessons(
      FreezePlanner planner, Recomputation recomputation, Function<ModelPackage, Courses> courses) {
    this.courses = courses;
    this.recomputation = recomputation;
    this.planner = planner;
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
    FreezeDecision freeze = plan(champion, examples, crossing);
    Lesson head = new Lesson(examples, crossing, List.of(), freeze, gone);
    return freeze.deep() ? deepened(champion, head, cancelled) : head;
  }

  /** What the policy says of a lesson's examples. */
  FreezeDecision plan(Champion champion, Lesson lesson) {
    return plan(champion, lesson.examples(), lesson.crossing());
  }

  /** What is rehearsed tells nothing of the target. */
  private FreezeDecision plan(
      Champion champion, List<ReplayExample> examples, List<Crossing> crossing) {
    int[] logged =
        IntStream.range(0, examples.size())
            .filter(i -> Rehearsal.isLogged(examples.get(i)))
            .toArray();
    int[] classes = Arrays.stream(logged).map(i -> examples.get(i).classIndex()).toArray();
    List<Crossing> rows = Arrays.stream(logged).mapToObj(crossing::get).toList();
    return planner.plan(champion.model(), champion.ladder(), classes, rows);
  }

  /**
   * Prepares a training that was done before.
   *
   * @param freeze what it tried
   * @throws IllegalArgumentException naming an event that is gone
   */
  Lesson again(
      Champion champion,
      List<ReplayExample> examples,
      FreezeDecision freeze,
      BooleanSupplier cancelled) {
    List<Crossing> crossing = whole(examples, taps(champion, examples, cancelled));
    Courses made = courses.apply(champion.model());
    List<Course> ready = new ArrayList<>();
    for (Way way : freeze.ways()) {
      Recomputation.Crossed crossed =
          recomputation.of(made.base(way), made.last(way), examples, cancelled);
      if (!crossed.trouble().isEmpty()) {
        throw new IllegalArgumentException(crossed.trouble());
      }
      ready.add(made.of(way, whole(examples, crossed.rows())));
    }
    return new Lesson(examples, crossing, ready, freeze, List.of());
  }

  private static List<Crossing> whole(List<ReplayExample> examples, List<@Nullable Crossing> rows) {
    List<Crossing> whole = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Crossing row = rows.get(i);
      if (row == null) {
        throw new IllegalArgumentException(
            "the event of the example at %d:%d is gone from its topic, or can't be run: %s"
                .formatted(
                    examples.get(i).partition(),
                    examples.get(i).offset(),
                    examples.get(i).event()));
      }
      whole.add(row);
    }
    return whole;
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

  /** The same lesson with what crosses to what else is tried, or of the head where that fails. */
  private Lesson deepened(Champion champion, Lesson head, BooleanSupplier cancelled) {
    Courses made = courses.apply(champion.model());
    FreezeDecision freeze = head.freeze();
    List<ReplayExample> examples = head.examples();
    Map<Way, List<@Nullable Crossing>> rows = new LinkedHashMap<>();
    boolean[] there = new boolean[examples.size()];
    Arrays.fill(there, true);
    for (Way way : head.freeze().ways()) {
      Recomputation.Crossed crossed =
          recomputation.of(made.base(way), made.last(way), examples, cancelled);
      String trouble = crossed.trouble();
      if (trouble.isEmpty() && crossed.missing() > MAY_LACK * examples.size()) {
        trouble =
            "the events of %d of %d examples are gone"
                .formatted(crossed.missing(), examples.size());
      }
      if (!trouble.isEmpty()) {
        freeze = freeze.without(way, trouble);
        continue;
      }
      rows.put(way, crossed.rows());
      for (int i = 0; i < there.length; i++) {
        there[i] &= crossed.rows().get(i) != null;
      }
    }
    List<Course> ready = new ArrayList<>();
    rows.forEach((way, all) -> ready.add(made.of(way, kept(all, there))));
    List<SkipReason> gone = new ArrayList<>(head.gone());
    List<ReplayExample> kept = kept(examples, there);
    gone.addAll(Collections.nCopies(examples.size() - kept.size(), SkipReason.EVENT_GONE));
    return new Lesson(kept, kept(head.crossing(), there), ready, freeze, gone);
  }

  private static <T> List<T> kept(List<@Nullable T> all, boolean[] there) {
    List<T> kept = new ArrayList<>();
    for (int i = 0; i < there.length; i++) {
      T one = all.get(i);
      if (there[i] && one != null) {
        kept.add(one);
      }
    }
    return kept;
  }
}
