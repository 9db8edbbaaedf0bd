package io.headwater.trainer.trigger;

import io.headwater.model.pipeline.Triggers;
import io.headwater.trainer.evaluate.Answered;
import io.headwater.trainer.evaluate.Evaluation.Measure;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Watches the loss of the version in force on what it served, and fires when it has risen.
 *
 * <p>A version's window starts with its first score; late labels on scores of versions before it
 * say nothing of it. A loss that falls moves the window and does not fire.
 *
 * <p>Not safe for use by several threads.
 */
final class LossDrift {
  private final Adwin window;
  private final BoundedLoss losses = new BoundedLoss();
  private String version = "";
  private Instant newest = Instant.MIN;

  LossDrift(Triggers.Loss settings) {
    this.window = new Adwin(settings.falseAlarms());
  }

  /** Takes in an answer whose truth is now known. */
  Optional<Firing> add(Answered served) {
    if (!served.version().equals(version)) {
      if (!served.scoredAt().isAfter(newest)) {
        return Optional.empty();
      }
      version = served.version();
      window.clear();
      losses.clear();
    }
    if (served.scoredAt().isAfter(newest)) {
      newest = served.scoredAt();
    }
    Optional<Firing> firing = Optional.empty();
    for (BoundedLoss.Loss loss : losses.of(served)) {
      Optional<Firing> risen =
          window
              .add(loss.value(), loss.at())
              .filter(change -> change.after() > change.before())
              .map(LossDrift::firing);
      firing = risen.isPresent() ? risen : firing;
    }
    return firing;
  }

  /** Mean loss over the window; NaN where it is empty. */
  double mean() {
    return window.mean();
  }

  private static Firing firing(Adwin.Change change) {
    return new Firing(
        TriggerKind.LOSS,
        String.format(
            Locale.ROOT,
            "the champion's loss on served scores rose from %.4f to %.4f",
            change.before(),
            change.after()),
        Instant.ofEpochMilli(change.since()),
        List.of(
            new Measure("before", change.before()),
            new Measure("after", change.after()),
            new Measure("bound", change.bound()),
            new Measure("count.before", change.olderCount()),
            new Measure("count.after", change.newerCount())));
  }
}
