package io.headwater.trainer;

import io.headwater.model.onnx.EarlierTap;
import io.headwater.model.onnx.HeadInput;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.Crossing;
import io.headwater.trainer.plan.Way;
import io.headwater.trainer.publish.CourseSettings;
import io.headwater.trainer.round.Contender;
import io.headwater.trainer.tune.FrozenStatistics;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.TrainingSet;
import io.headwater.trainer.tune.TuneSettings;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the ways of one training ready: which version each trains, how deep, and from where.
 *
 * <p>Not safe for use by several threads.
 */
final class Courses {
  private final ModelPackage model;
  private final Map<String, float[]> statistics;
  private final CourseSettings settings;
  private final Map<Integer, ModelPackage> tapped = new HashMap<>();
  private final Map<Integer, Map<String, float[]>> measured = new HashMap<>();

  /**
   * Ways to train a version.
   *
   * @param statistics what its own head standardises by, where that was measured for this training
   */
  Courses(Pipeline pipeline, ModelPackage model, Map<String, float[]> statistics) {
    this(CourseSettings.of(pipeline, model.manifest().getLabels()), model, statistics);
  }

  Courses(CourseSettings settings, ModelPackage model, Map<String, float[]> statistics) {
    this.settings = settings;
    this.model = model;
    this.statistics = Map.copyOf(statistics);
  }

  /** The version that a way trains. */
  ModelPackage base(Way way) {
    return way.taps()
        ? tapped.computeIfAbsent(
            way.tap(),
            kept ->
                EarlierTap.of(
                    model,
                    kept,
                    settings.hidden(),
                    HeadInput.STANDARDISED,
                    settings.fresh().seed()))
        : model;
  }

  /** How many trailing segments of that version train. */
  int last(Way way) {
    if (!way.taps()) {
      return way.segments();
    }
    int behind = base(way).manifest().getSegments().size() - way.tap();
    return way.segments() == 0
        ? Segments.trainableCount(base(way).manifest())
        : behind + way.segments();
  }

  /**
   * A way with what it learns from.
   *
   * @param rows what crosses to what trains, for each example; for a new head alone at least one
   * @throws IllegalStateException where segments in front of a new head are to train whose head was
   *     not made ready before
   */
  Course of(Way way, List<Crossing> rows) {
    HeadGraph start = HeadGraph.of(base(way), last(way));
    TuneSettings how = way.drawnBack() ? settings.deeper().drawnBack() : settings.deeper();
    if (!way.taps()) {
      return course(way, Contender.HEAD, start, statistics, rows, how);
    }
    if (way.segments() == 0) {
      Map<String, float[]> own = FrozenStatistics.measure(start, set(rows));
      measured.put(way.tap(), own);
      return course(way, Contender.NOTHING, start, own, rows, settings.fresh());
    }
    Map<String, float[]> own = measured.get(way.tap());
    if (own == null) {
      throw new IllegalStateException(way.name() + " starts from a head that is not ready");
    }
    return course(way, way.headAlone().name(), start, own, rows, how);
  }

  private Course course(
      Way way,
      String after,
      HeadGraph start,
      Map<String, float[]> own,
      List<Crossing> rows,
      TuneSettings how) {
    Contender contender = new Contender(way.name(), after, start.with(own), rows, how);
    return new Course(way, base(way), last(way), own, contender);
  }

  private static TrainingSet set(List<Crossing> rows) {
    float[] ones = new float[rows.size()];
    Arrays.fill(ones, 1);
    return TrainingSet.of(rows, new int[rows.size()], ones);
  }
}
