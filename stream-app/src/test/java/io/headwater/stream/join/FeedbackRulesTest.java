package io.headwater.stream.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.stream.held.Held;
import io.headwater.stream.held.HeldLabel;
import io.headwater.stream.held.HeldScore;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FeedbackRulesTest {
  private final FeedbackRules rules =
      new FeedbackRules(Duration.ofMillis(100), Duration.ofMillis(10), Optional.empty());

  private static HeldScore score(long eventTime) {
    return HeldScore.newBuilder()
        .setEventTime(eventTime)
        .setVersion("v")
        .setStage("PRODUCTION")
        .setDecision("good")
        .setProbabilities(List.of(0.5f, 0.5f))
        .setScoredAt(0)
        .setPrefix("p")
        .setActivation(ByteBuffer.allocate(4))
        .setPartition(0)
        .setOffset(0)
        .build();
  }

  private static HeldLabel label(int revision, long labeledAt) {
    return HeldLabel.newBuilder()
        .setLabel("good")
        .setLabeledAt(labeledAt)
        .setSource("")
        .setRevision(revision)
        .setWeight(1)
        .setPropensity(null)
        .setPartition(0)
        .setOffset(revision)
        .setOriginalKey(null)
        .setOriginalValue(ByteBuffer.allocate(0))
        .setOriginalHeaders(List.of())
        .build();
  }

  private Held scored(long eventTime) {
    Held held = rules.score(null, score(eventTime)).next();
    assertThat(held).isNotNull();
    return held;
  }

  @Test
  void label_afterItsScore_joins() {
    HeldLabel label = label(0, 50);
    FeedbackRules.Step step = rules.label(scored(0), label);
    assertThat(step.joined()).contains(new FeedbackRules.Joined(score(0), label));
    assertThat(step.next()).isNotNull();
    assertThat(step.next().getStanding().getRevision()).isZero();
  }

  @Test
  void score_afterItsLabel_joins() {
    HeldLabel label = label(0, 50);
    FeedbackRules.Step step = rules.score(rules.label(null, label).next(), score(0));
    assertThat(step.joined()).contains(new FeedbackRules.Joined(score(0), label));
  }

  @Test
  void label_atTheWindowsEnd_joinsAndBeyondIsLate() {
    assertThat(rules.label(scored(0), label(0, 100)).joined()).isPresent();
    FeedbackRules.Step late = rules.label(scored(0), label(0, 101));
    assertThat(late.joined()).isEmpty();
    assertThat(late.late()).hasSize(1);
    FeedbackRules.Step lateFirst = rules.score(rules.label(null, label(0, 101)).next(), score(0));
    assertThat(lateFirst.joined()).isEmpty();
    assertThat(lateFirst.late()).hasSize(1);
  }

  @Test
  void label_knownBeforeItsEvent_joins() {
    assertThat(rules.label(scored(1000), label(0, 0)).joined()).isPresent();
  }

  @Test
  void label_ofEqualOrLowerRevision_isADuplicate() {
    Held held = rules.label(scored(0), label(1, 10)).next();
    assertThat(rules.label(held, label(1, 20)).duplicates()).isOne();
    assertThat(rules.label(held, label(0, 20)).duplicates()).isOne();
    assertThat(rules.label(held, label(2, 20)).joined()).isPresent();
  }

  @Test
  void score_twice_changesNothing() {
    Held held = rules.label(scored(0), label(1, 10)).next();
    FeedbackRules.Step step = rules.score(held, score(5));
    assertThat(step.repeated()).isTrue();
    assertThat(step.next()).isEqualTo(held);
    assertThat(step.joined()).isEmpty();
  }

  @Test
  void expire_scoreAndLabel_freeAfterWindowAndGrace() {
    Held held = scored(0);
    assertThat(rules.deadline(held)).isEqualTo(110);
    assertThat(rules.expire(held, 110).next()).isEqualTo(held);
    assertThat(rules.expire(held, 111).next()).isNull();

    Held waiting = rules.label(null, label(0, 50)).next();
    assertThat(waiting).isNotNull();
    assertThat(rules.deadline(waiting)).isEqualTo(160);
    assertThat(rules.expire(waiting, 160).orphans()).isEmpty();
    FeedbackRules.Step over = rules.expire(waiting, 161);
    assertThat(over.orphans()).hasSize(1);
    assertThat(over.next()).isNull();
  }

  @Test
  void expire_someLabelsStillInTime_keepsThem() {
    Held waiting = rules.label(rules.label(null, label(0, 0)).next(), label(1, 50)).next();
    assertThat(waiting).isNotNull();
    FeedbackRules.Step step = rules.expire(waiting, 120);
    assertThat(step.orphans()).extracting(HeldLabel::getRevision).containsExactly(0);
    assertThat(step.next()).isNotNull();
    assertThat(step.next().getLabels()).extracting(HeldLabel::getRevision).containsExactly(1);
  }

  @Test
  void label_floodOfRevisionsBeforeTheEvent_isBounded() {
    @Nullable Held held = null;
    int superseded = 0;
    for (int i = 0; i < 100; i++) {
      FeedbackRules.Step step = rules.label(held, label(i, i));
      held = step.next();
      superseded += step.superseded();
    }
    assertThat(held).isNotNull();
    assertThat(held.getLabels()).hasSize(FeedbackRules.MAX_WAITING);
    assertThat(superseded).isEqualTo(100 - FeedbackRules.MAX_WAITING);
  }

  @Test
  void label_ofTheSameRevision_earlierKnownHolds_whicheverComesFirst() {
    HeldLabel early = said("good", 0, 10);
    HeldLabel late = said("bad", 0, 20);
    Held lateFirst = rules.label(scored(0), late).next();
    assertThat(rules.label(lateFirst, early).joined()).isPresent();
    Held earlyFirst = rules.label(scored(0), early).next();
    FeedbackRules.Step step = rules.label(earlyFirst, late);
    assertThat(step.joined()).isEmpty();
    assertThat(step.conflicting()).isOne();
    assertThat(step.next()).isEqualTo(earlyFirst);
  }

  @Test
  void expire_silentEvent_speaksOnceItIsMature_andALabelTakesItsPlace() {
    FeedbackRules silent =
        new FeedbackRules(
            Duration.ofMillis(100), Duration.ofMillis(10), Optional.of(new Silence(40, "bad")));
    Held held = scored(0);
    assertThat(silent.deadline(held)).isEqualTo(50);
    assertThat(silent.expire(held, 50).joined()).isEmpty();
    FeedbackRules.Step step = silent.expire(held, 51);
    HeldLabel implied = step.joined().orElseThrow().label();
    assertThat(implied.getLabel()).isEqualTo("bad");
    assertThat(implied.getRevision()).isEqualTo(-1);
    assertThat(implied.getLabeledAt()).isEqualTo(40);
    assertThat(step.next()).isNotNull();
    assertThat(silent.deadline(step.next())).isEqualTo(110);
    assertThat(silent.expire(step.next(), 60).joined()).isEmpty();
    assertThat(silent.label(step.next(), label(0, 90)).joined()).isPresent();
    assertThat(silent.expire(step.next(), 111).next()).isNull();
  }

  @Test
  void expire_silentEventLongOver_speaksAndIsFreed() {
    FeedbackRules silent =
        new FeedbackRules(
            Duration.ofMillis(100), Duration.ofMillis(10), Optional.of(new Silence(100, "bad")));
    FeedbackRules.Step step = silent.expire(scored(0), 500);
    assertThat(step.joined()).isPresent();
    assertThat(step.next()).isNull();
  }

  @Test
  void expire_labelledEvent_isNotSilent() {
    FeedbackRules silent =
        new FeedbackRules(
            Duration.ofMillis(100), Duration.ofMillis(10), Optional.of(new Silence(40, "bad")));
    Held held = silent.label(scored(0), label(0, 5)).next();
    assertThat(held).isNotNull();
    assertThat(silent.expire(held, 90).joined()).isEmpty();
  }

  @Test
  void arrival_inAnyOrder_endsWithTheSameLabelAndLosesNone() {
    Random random = new Random(42);
    for (int round = 0; round < 2000; round++) {
      List<HeldLabel> labels = new ArrayList<>();
      for (int i = random.nextInt(5); i >= 0; i--) {
        labels.add(
            said(random.nextBoolean() ? "good" : "bad", random.nextInt(3), random.nextInt(200)));
      }
      String expected =
          labels.stream()
              .filter(label -> label.getLabeledAt() - 50 <= 100)
              .min(Precedence.ORDER)
              .map(FeedbackRulesTest::said)
              .orElse("none");
      for (int order = 0; order < 6; order++) {
        Collections.shuffle(labels, random);
        int scoreAt = order % (labels.size() + 1);
        @Nullable Held held = null;
        int accounted = 0;
        String standing = "none";
        for (int i = 0; i <= labels.size(); i++) {
          for (int side = 0; side < 2; side++) {
            if (side == 0 ? i != scoreAt : i == labels.size()) {
              continue;
            }
            FeedbackRules.Step step =
                side == 0 ? rules.score(held, score(50)) : rules.label(held, labels.get(i));
            held = step.next();
            accounted += accounted(step);
            standing = step.joined().map(joined -> said(joined.label())).orElse(standing);
          }
        }
        assertThat(accounted).as("labels accounted for").isEqualTo(labels.size());
        assertThat(standing).as("standing label, over orders of %s", labels).isEqualTo(expected);
      }
    }
  }

  private static HeldLabel said(String text, int revision, long labeledAt) {
    return HeldLabel.newBuilder(label(revision, labeledAt)).setLabel(text).build();
  }

  private static String said(HeldLabel label) {
    return label.getLabel() + "/" + label.getRevision() + "/" + label.getLabeledAt();
  }

  private static int accounted(FeedbackRules.Step step) {
    return (step.joined().isPresent() ? 1 : 0)
        + step.late().size()
        + step.orphans().size()
        + step.duplicates()
        + step.superseded()
        + step.conflicting();
  }
}
