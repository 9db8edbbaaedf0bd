package io.headwater.stream.join;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.schemas.headers.DeadLetter;
import io.headwater.schemas.headers.DeadLetterReason;
import io.headwater.stream.held.Held;
import io.headwater.stream.held.HeldHeader;
import io.headwater.stream.held.HeldLabel;
import io.headwater.stream.held.HeldScore;
import io.headwater.stream.meter.ScorerMeters;
import io.headwater.stream.meter.ScorerMeters.LabelOutcome;
import java.nio.ByteBuffer;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Carries out what the join's rules say: stores, forwards and counts.
 *
 * <p>Confined to its task's thread.
 */
final class FeedbackJoin {
  /** What a join is made of; the same for all its tasks. */
  record Settings(
      FeedbackRules rules, String eventsTopic, String labelsTopic, ScorerMeters meters) {}

  private final Settings settings;
  private final ProcessorContext<byte[], JoinOutcome> context;
  private final FeedbackStore store;

  FeedbackJoin(Settings settings, ProcessorContext<byte[], JoinOutcome> context) {
    this.settings = settings;
    this.context = context;
    this.store = new FeedbackStore(settings.rules(), context);
  }

  void score(String eventId, HeldScore score) {
    Held before = store.get(eventId);
    carryOut(eventId, before, settings.rules().score(before, score));
  }

  void label(String eventId, HeldLabel label) {
    Held before = store.get(eventId);
    carryOut(eventId, before, settings.rules().label(before, label));
  }

  /** Frees what is due by the events' clock, {@code max} ids at most. */
  void free(long clock, int max) {
    for (String eventId : store.takeDue(clock, max)) {
      Held held = store.get(eventId);
      if (held != null) {
        carryOut(eventId, null, settings.rules().expire(held, clock));
      }
    }
  }

  private void carryOut(String eventId, @Nullable Held before, FeedbackRules.Step step) {
    Held next = step.next();
    if (next == null || !next.equals(before)) {
      store.put(eventId, before, next);
    }
    step.joined().ifPresent(joined -> forward(eventId, joined));
    for (HeldLabel label : step.late()) {
      kill(
          label,
          DeadLetterReason.LATE_LABEL,
          "the label was known later than feedback.joinWindow after its event's time");
    }
    for (HeldLabel label : step.orphans()) {
      kill(
          label,
          DeadLetterReason.ORPHAN_LABEL,
          "no event with the label's eventId was scored within feedback.joinWindow");
    }
    count(step);
  }

  private void forward(String eventId, FeedbackRules.Joined joined) {
    HeldLabel label = joined.label();
    context.forward(
        new Record<>(
            eventId.getBytes(UTF_8),
            new JoinOutcome.Joined(
                Examples.of(eventId, joined.score(), label, settings.eventsTopic())),
            label.getLabeledAt(),
            new RecordHeaders()));
  }

  private void count(FeedbackRules.Step step) {
    ScorerMeters meters = settings.meters();
    step.joined()
        .ifPresent(
            joined -> {
              if (joined.ofSilence()) {
                meters.exampleOfSilence();
              } else {
                meters.label(LabelOutcome.JOINED, 1);
              }
            });
    meters.label(LabelOutcome.LATE, step.late().size());
    meters.label(LabelOutcome.ORPHAN, step.orphans().size());
    meters.label(LabelOutcome.DUPLICATE, step.duplicates());
    meters.label(LabelOutcome.SUPERSEDED, step.superseded());
    meters.label(LabelOutcome.CONFLICTING, step.conflicting());
    if (step.repeated()) {
      meters.duplicateEvent();
    }
  }

  private void kill(HeldLabel label, DeadLetterReason reason, String message) {
    settings.meters().deadLetter(reason);
    Headers original = new RecordHeaders();
    for (HeldHeader header : label.getOriginalHeaders()) {
      original.add(header.getName(), header.getValue() == null ? null : bytes(header.getValue()));
    }
    context.forward(
        new Record<>(
            label.getOriginalKey() == null ? null : bytes(label.getOriginalKey()),
            new JoinOutcome.Dead(bytes(label.getOriginalValue())),
            context.currentSystemTimeMs(),
            DeadLetter.headers(
                original,
                settings.labelsTopic(),
                label.getPartition(),
                label.getOffset(),
                reason,
                message)));
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
