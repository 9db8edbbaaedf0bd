package io.headwater.ops.demo;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts what came out against what went in, event by event: each must end in one score or in one
 * dead letter.
 *
 * <p>Not safe for use by several threads.
 */
final class ExactlyOnceCount {
  private final Map<String, Integer> answers = new HashMap<>();
  private long scored;
  private long deadLettered;
  private long duplicated;
  private long unknown;
  private long answered;

  /** Counts against the ids of the events that are sent. */
  ExactlyOnceCount(Collection<String> sent) {
    sent.forEach(id -> answers.put(id, 0));
    if (answers.size() != sent.size()) {
      throw new IllegalArgumentException("event ids must differ from one another");
    }
  }

  /** A committed score was read; tells whether it is the event's first answer. */
  boolean scored(String id) {
    boolean first = answer(id);
    scored += first ? 1 : 0;
    return first;
  }

  /** A committed dead letter was read; tells whether it is the event's first answer. */
  boolean deadLettered(String id) {
    boolean first = answer(id);
    deadLettered += first ? 1 : 0;
    return first;
  }

  private boolean answer(String id) {
    Integer before = answers.get(id);
    if (before == null) {
      unknown++;
      return false;
    }
    answers.put(id, before + 1);
    if (before > 0) {
      duplicated++;
      return false;
    }
    answered++;
    return true;
  }

  /** Events that were scored. */
  long scored() {
    return scored;
  }

  /** Events that ended as a dead letter. */
  long deadLettered() {
    return deadLettered;
  }

  /** Events without any answer. */
  long lost() {
    return answers.size() - answered;
  }

  /** Answers beyond an event's first. */
  long duplicated() {
    return duplicated;
  }

  /** Answers to events that were never sent. */
  long unknown() {
    return unknown;
  }

  /** Events with an answer of either kind. */
  long answered() {
    return answered;
  }
}
