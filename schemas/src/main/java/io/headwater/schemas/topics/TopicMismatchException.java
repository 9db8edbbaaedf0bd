package io.headwater.schemas.topics;

import java.util.List;

/**
 * Topics that are missing or not as the pipeline needs them; the message names all, a line each.
 */
public final class TopicMismatchException extends Exception {
  private final List<String> mismatches;

  TopicMismatchException(List<String> mismatches) {
    super(String.join("\n", mismatches));
    this.mismatches = List.copyOf(mismatches);
  }

  public List<String> mismatches() {
    return mismatches;
  }
}
