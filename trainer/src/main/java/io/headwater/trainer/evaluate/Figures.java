package io.headwater.trainer.evaluate;

import io.headwater.trainer.evaluate.Evaluation.Measure;
import java.util.List;

/** How good a head's answers are on examples whose truth is known. */
public sealed interface Figures permits Evaluation, ValueFigures {
  /** Examples judged. */
  int count();

  /** Each measure that is defined, in ascending order of the names. */
  List<Measure> measures();

  /** The few by which one head is preferred to another. */
  List<Measure> headline();

  /** Whether a head with these is preferred to one with those, judged on the same examples. */
  boolean betterThan(Figures other);

  /** The headline in a clause. */
  String said();

  /** The first of the headline, held against another's. */
  String against(Figures champion);
}
