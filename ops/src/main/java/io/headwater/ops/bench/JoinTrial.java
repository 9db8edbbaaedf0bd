package io.headwater.ops.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.stream.held.Held;
import io.headwater.stream.join.FeedbackRules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One run of a partition's arrivals through the join's rules, as its task would run them. */
final class JoinTrial {
  private final FeedbackRules rules;
  private final Map<String, Held> held = new HashMap<>();
  private final Map<String, String> standing = new HashMap<>();
  private long examples;
  private long orphans;

  JoinTrial(FeedbackRules rules) {
    this.rules = rules;
  }

  void run(List<JoinStream.Arrival> arrivals) {
    for (JoinStream.Arrival arrival : arrivals) {
      Held before = held.get(arrival.eventId());
      if (arrival instanceof JoinStream.ScoreArrival score) {
        take(arrival.eventId(), rules.score(before, score.score()));
      } else if (arrival instanceof JoinStream.LabelArrival label) {
        take(arrival.eventId(), rules.label(before, label.label()));
      }
    }
  }

  /** Lets all that is held expire. */
  void end() {
    for (Map.Entry<String, Held> entry : List.copyOf(held.entrySet())) {
      take(entry.getKey(), rules.expire(entry.getValue(), Long.MAX_VALUE));
    }
  }

  /** The label of each event's last example. */
  Map<String, String> standing() {
    return standing;
  }

  /** Examples written, those that took another's place included. */
  long examples() {
    return examples;
  }

  long orphans() {
    return orphans;
  }

  boolean isEmpty() {
    return held.isEmpty();
  }

  /** Bytes of keys and values in the join's two stores, before compression. */
  long stateBytes() {
    long bytes = 0;
    for (Map.Entry<String, Held> entry : held.entrySet()) {
      int id = entry.getKey().getBytes(UTF_8).length;
      bytes += id + encoded(entry.getValue()) + Long.BYTES + id + 1;
    }
    return bytes;
  }

  private void take(String eventId, FeedbackRules.Step step) {
    step.joined()
        .ifPresent(
            joined -> {
              examples++;
              standing.put(eventId, JoinStream.said(joined.label()));
            });
    orphans += step.orphans().size();
    if (step.next() == null) {
      held.remove(eventId);
    } else {
      held.put(eventId, step.next());
    }
  }

  private static int encoded(Held one) {
    try {
      return Held.getEncoder().encode(one).remaining();
    } catch (IOException e) {
      throw new UncheckedIOException("memory can't fail to be written to", e);
    }
  }
}
