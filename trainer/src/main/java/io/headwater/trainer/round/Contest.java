package io.headwater.trainer.round;

import io.headwater.trainer.evaluate.Evaluation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The head alone and its contenders on the same holdout, of whom the lowest log-loss wins; a draw
 * is the earlier one's, and so the head's before all.
 *
 * <p>Log-loss is a proper score and tells apart what accuracy, in steps of one example, does not.
 */
final class Contest {
  private record Entry(String name, Evaluation judged) {}

  private final List<Entry> entries = new ArrayList<>();
  private final List<String> failed = new ArrayList<>();
  private Entry best;

  Contest(Evaluation head) {
    best = new Entry(Contender.HEAD, head);
    entries.add(best);
  }

  /**
   * Takes a contender's figures.
   *
   * @return whether it is the best so far
   */
  boolean wins(String name, Evaluation judged) {
    Entry entry = new Entry(name, judged);
    entries.add(entry);
    if (judged.logLoss() < best.judged.logLoss()) {
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
      clauses.add(figures(entry, entry.name + " reached accuracy %.4f and log-loss %.4f"));
    }
    clauses.addAll(failed);
    clauses.add(figures(entries.get(0), Contender.HEAD + " %.4f and %.4f"));
    return String.join(", ", clauses)
        + (best == entries.get(0)
            ? ": the holdout overrules what was tried"
            : ": " + best.name + " is kept");
  }

  private static String figures(Entry entry, String text) {
    return String.format(Locale.ROOT, text, entry.judged.accuracy(), entry.judged.logLoss());
  }

  Map<String, Double> numbers() {
    Map<String, Double> numbers = new TreeMap<>();
    for (Entry entry : entries) {
      String name = entry == entries.get(0) ? "head" : entry.name;
      numbers.put("freeze." + name + ".accuracy", entry.judged.accuracy());
      numbers.put("freeze." + name + ".log-loss", entry.judged.logLoss());
    }
    return numbers;
  }
}
