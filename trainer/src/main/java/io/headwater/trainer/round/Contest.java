package io.headwater.trainer.round;

import io.headwater.trainer.evaluate.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The head alone and its contenders on the same holdout, of whom the one with the best figures
 * wins: the lowest log-loss or, of numbers, the lowest RMSE. A draw is the earlier one's, and so
 * the head's before all.
 *
 * <p>Log-loss is a proper score and tells apart what accuracy, in steps of one example, does not.
 */
final class Contest {
  private record Entry(String name, Figures judged) {}

  private final List<Entry> entries = new ArrayList<>();
  private final List<String> failed = new ArrayList<>();
  private Entry best;

  Contest(Figures head) {
    best = new Entry(Contender.HEAD, head);
    entries.add(best);
  }

  /**
   * Takes a contender's figures.
   *
   * @return whether it is the best so far
   */
  boolean wins(String name, Figures judged) {
    Entry entry = new Entry(name, judged);
    entries.add(entry);
    if (judged.betterThan(best.judged)) {
      best = entry;
      return true;
    }
    return false;
  }

  /** Notes why a contender is none. */
  void fails(String name, String why) {
    failed.add(name + " " + why);
  }

  /** The winner's name. */
  String best() {
    return best.name;
  }

  String said() {
    List<String> clauses = new ArrayList<>();
    for (Entry entry : entries.subList(1, entries.size())) {
      clauses.add(entry.name + " reached " + entry.judged.said());
    }
    clauses.addAll(failed);
    clauses.add(Contender.HEAD + " " + entries.get(0).judged.said());
    return String.join(", ", clauses)
        + (best == entries.get(0)
            ? ": the holdout overrules what was tried"
            : ": " + best.name + " is kept");
  }

  Map<String, Double> numbers() {
    Map<String, Double> numbers = new TreeMap<>();
    for (Entry entry : entries) {
      String name = entry == entries.get(0) ? "head" : entry.name;
      entry
          .judged
          .headline()
          .forEach(one -> numbers.put("freeze." + name + "." + one.name(), one.value()));
    }
    return numbers;
  }
}
