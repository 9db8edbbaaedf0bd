package io.headwater.trainer.publish;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.trainer.round.RoundSettings;
import io.headwater.trainer.tune.TuneSettings;
import io.headwater.trainer.tune.TuneSettings.Start;
import java.util.List;

/**
 * How other ways than the head's are trained.
 *
 * @param fresh how a new head is tuned
 * @param deeper how weights that were trained before are tuned
 * @param hidden width of a new head's hidden layer; 0 for none
 */
public record CourseSettings(TuneSettings fresh, TuneSettings deeper, int hidden) {
  /** As a pipeline says. */
  public static CourseSettings of(Pipeline pipeline, List<String> labels) {
    RoundSettings settings = RoundSettings.of(pipeline, labels, Start.SCRATCH);
    return new CourseSettings(settings.tune(), settings.deeper(), pipeline.model().hidden());
  }
}
