package io.headwater.trainer.publish;

import io.headwater.model.pack.Digest;
import io.headwater.model.pipeline.Exclusions;
import io.headwater.schemas.OffsetRange;
import io.headwater.schemas.Rewind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a decision writes down where learning is to go on from an older version, and the clause of
 * its reason that vouches for it.
 *
 * <p>The decision is not signed, the stage record with the same reason is: so what is left out is
 * believed only where its digest stands in that reason.
 */
public final class Rewinds {
  private Rewinds() {}

  /**
   * What is left out, as a decision holds it.
   *
   * @param topic the training log
   */
  public static Rewind record(Exclusions exclusions, String topic) {
    return new Rewind(
        List.copyOf(new TreeSet<>(exclusions.events())),
        List.copyOf(new TreeSet<>(exclusions.sources())),
        exclusions.examples().stream()
            .map(span -> new OffsetRange(topic, span.partition(), span.from(), span.to() + 1))
            .toList());
  }

  /**
   * Reads what {@link #record} wrote.
   *
   * @throws IllegalArgumentException where a stretch is none
   */
  public static Exclusions exclusions(Rewind rewind) {
    return new Exclusions(
        Set.copyOf(rewind.getEvents()),
        Set.copyOf(rewind.getSources()),
        rewind.getExamples().stream()
            .map(
                range ->
                    new Exclusions.Span(range.getPartition(), range.getFrom(), range.getTo() - 1))
            .toList());
  }

  /**
   * The reason of a rewind.
   *
   * @param why a person's words
   */
  public static String reason(String why, String version, Exclusions exclusions) {
    return "%s; learning goes on from %s without %s%s"
        .formatted(why, Digest.brief(version), exclusions, clause(exclusions));
  }

  /** Whether a reason vouches for what is left out. */
  public static boolean vouches(String reason, Exclusions exclusions) {
    return reason.endsWith(clause(exclusions));
  }

  private static String clause(Exclusions exclusions) {
    StringBuilder all = new StringBuilder();
    new TreeSet<>(exclusions.events()).forEach(event -> line(all, "event", event));
    new TreeSet<>(exclusions.sources()).forEach(source -> line(all, "source", source));
    exclusions.examples().stream()
        .map(String::valueOf)
        .sorted()
        .forEach(span -> line(all, "examples", span));
    return " [exclusions " + Digest.of(all.toString().getBytes(StandardCharsets.UTF_8)) + "]";
  }

  /** With its length, so that no text can pass for two. */
  private static void line(StringBuilder all, String kind, String text) {
    all.append(kind).append(' ').append(text.length()).append(' ').append(text).append('\n');
  }
}
