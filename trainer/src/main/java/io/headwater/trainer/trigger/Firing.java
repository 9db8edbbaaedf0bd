package io.headwater.trainer.trigger;

import io.headwater.trainer.evaluate.Evaluation.Measure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Why a training is due.
 *
 * @param reason a clause for people, such as "250 new examples"
 * @param since when what it saw began: the data's own time where it lies in the data
 * @param figures what it saw, by names without the trigger's
 */
public record Firing(TriggerKind kind, String reason, Instant since, List<Measure> figures) {
  public Firing {
    figures = List.copyOf(figures);
  }

  /** Every figure as evidence names it, {@code trigger.loss.before} and the like. */
  public List<Measure> measures() {
    String prefix = "trigger." + kind.code() + ".";
    List<Measure> measures = new ArrayList<>();
    for (Measure figure : figures) {
      measures.add(new Measure(prefix + figure.name(), figure.value()));
    }
    measures.add(new Measure(prefix + "since", since.toEpochMilli()));
    return measures;
  }
}
