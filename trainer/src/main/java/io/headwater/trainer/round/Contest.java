package io.headwater.trainer.round;

import io.headwater.trainer.evaluate.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The head alone and its contenders on the same holdout.
 *
 * <p>Log-loss decides, or of numbers the squared error: a proper score, which tells apart what
 * accuracy, in steps of one example, does not. Of two the simpler is preferred unless it is worse
 * by more than one standard error of the paired difference (Breiman et al., Classification and
 * Regression Trees, 1984): a contender with more trained weights than the head must be better than
 * that and than the best before it by more, one with no more must not be worse by more.
 */
final class Contest {
  /**
   * What an entry came to.
   *
   * @param losses on each held-out example
   */
  record Entry(String name, Figures judged, double[] losses) {}

  private final List<Entry> entries = new ArrayList<>();
  private final List<String> failed = new ArrayList<>();
  private int best;

  Contest(Entry head) {
    entries.add(head);
  }

  /**
   * Takes a contender's figures.
   *
   * @param simpler whether it trains no more weights than the head
   * @return whether it is preferred to what came before
   */
  boolean wins(Entry entry, boolean simpler) {
    boolean wins =
        (simpler && best == 0) ? !isMore(entry, 0) : (isLess(entry, best) && isLess(entry, 0));
    entries.add(entry);
    best = wins ? entries.size() - 1 : best;
    return wins;
  }

  private boolean isMore(Entry entry, int than) {
    return LossDifference.of(entry.losses, entries.get(than).losses).exceeds(1);
  }

  private boolean isLess(Entry entry, int than) {
    return LossDifference.of(entries.get(than).losses, entry.losses).exceeds(1);
  }

  /** Notes why a contender is none. */
  void fails(String name, String why) {
    failed.add(name + " " + why);
  }

  /** The winner's name. */
  String best() {
    return entries.get(best).name;
  }

  String said() {
    List<String> clauses = new ArrayList<>();
    for (Entry entry : entries.subList(1, entries.size())) {
      clauses.add(entry.name + " reached " + entry.judged.said());
    }
    clauses.addAll(failed);
    clauses.add(Contender.HEAD + " " + entries.get(0).judged.said());
    return String.join(", ", clauses)
        + (best == 0 ? ": the holdout overrules what was tried" : ": " + best() + " is kept");
  }

  Map<String, Double> numbers() {
    Map<String, Double> numbers = new TreeMap<>();
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      String name = i == 0 ? "head" : entry.name;
      entry
          .judged
          .headline()
          .forEach(one -> numbers.put("freeze." + name + "." + one.name(), one.value()));
    }
    return numbers;
  }
}
