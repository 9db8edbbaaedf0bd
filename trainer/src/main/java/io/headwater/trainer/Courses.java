package io.headwater.trainer;

import io.headwater.model.onnx.EarlierTap;
import io.headwater.model.onnx.HeadInput;
import io.headwater.model.pack.ModelPackage;
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
    return way.segments();
  }

  /**
   * A way with what it learns from.
   *
   * @param rows what crosses to what trains, for each example; for a new head at least one
   */
  Course of(Way way, List<Crossing> rows) {
    HeadGraph start = HeadGraph.of(base(way), last(way));
    if (way.taps()) {
      Map<String, float[]> own = FrozenStatistics.measure(start, set(rows));
      return course(way, Contender.NOTHING, start, own, rows, settings.fresh());
    }
    TuneSettings how = way.drawnBack() ? settings.deeper().drawnBack() : settings.deeper();
    return course(way, Contender.HEAD, start, statistics, rows, how);
  }

  private Course course(
      Way way,
      String after,
      HeadGraph start,
      Map<String, float[]> own,
      List<Crossing> rows,
      TuneSettings how) {
    Contender contender = new Contender(way.name(), after, start.with(own), rows, how, way.taps());
    return new Course(way, base(way), last(way), own, contender);
  }

  private static TrainingSet set(List<Crossing> rows) {
    float[] ones = new float[rows.size()];
    Arrays.fill(ones, 1);
    return TrainingSet.of(rows, new int[rows.size()], ones);
  }
}
