package io.headwater.stream.join;

import io.headwater.stream.held.HeldLabel;
import java.util.Comparator;
import java.util.Objects;

/**
 * Which of two labels of one event holds, by what they say alone.
 *
 * <p>The higher revision holds. Of one revision, which a source should give only once, the label
 * that was known first holds: it mostly also comes first, so that its example stands; then the one
 * whose text is first in the alphabet, or whose number is lower; then source, weight and propensity
 * decide. Only labels that say the same in everything are equal, so no order of arrival can show.
 */
final class Precedence {
  /** The label that holds comes first. */
  static final Comparator<HeldLabel> ORDER =
      Comparator.comparingInt(HeldLabel::getRevision)
          .reversed()
          .thenComparingLong(HeldLabel::getLabeledAt)
          .thenComparing(HeldLabel::getLabel)
          .thenComparing(HeldLabel::getValue, Comparator.nullsFirst(Comparator.naturalOrder()))
          .thenComparing(HeldLabel::getSource)
          .thenComparing(HeldLabel::getWeight, Comparator.reverseOrder())
          .thenComparing(
              HeldLabel::getPropensity, Comparator.nullsFirst(Comparator.reverseOrder()));

  private Precedence() {}

  /** Whether one holds against the other, or says the same. */
  static boolean holds(HeldLabel one, HeldLabel other) {
    return ORDER.compare(one, other) <= 0;
  }

  /** Whether both claim one revision and say different classes or numbers. */
  static boolean conflict(HeldLabel one, HeldLabel other) {
    return one.getRevision() == other.getRevision()
        && !(one.getLabel().equals(other.getLabel())
            && Objects.equals(one.getValue(), other.getValue()));
  }
}
