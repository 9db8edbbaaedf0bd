package io.headwater.ops.demo;

import io.headwater.ops.demo.PrequentialReferences.Known;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes the report of what a run recorded; the references are computed here, after the stream, so
 * that they take no time from it.
 *
 * @param source activations and classes that the first version was trained on
 * @param regression fits logistic regressions
 * @param head fits heads of the version's shape
 */
record Reckoning(DemoPlan plan, Known source, HeadFitter regression, HeadFitter head) {
  private static final int REFIT_WINDOW = 1500;

  Report of(Totals totals) {
    boolean[] live = right(totals.live(), totals.truth());
    boolean[] frozen = right(totals.frozen(), totals.truth());
    PrequentialReferences references =
        new PrequentialReferences(source, joined(totals), plan.labelDelay());
    boolean complete = totals.counts().labelsJoined() == totals.counts().events();
    return new Report(
        plan.name(),
        totals.counts(),
        totals.versions(),
        totals.trainings(),
        totals.refusal(),
        PairedDifference.share(live),
        PairedDifference.share(frozen),
        PairedDifference.share(references.majority(plan.pipeline().labels().size())),
        complete ? refit(references, regression) : Double.NaN,
        complete ? refit(references, head) : Double.NaN,
        phases(live, frozen),
        Duration.ofNanos(totals.nanos()),
        totals.nanos() == 0 ? 0 : totals.counts().scored() * 1e9 / totals.nanos(),
        Latencies.of(totals.waits()));
  }

  private double refit(PrequentialReferences references, HeadFitter fitter) {
    return PairedDifference.share(
        references.refit(fitter, REFIT_WINDOW, plan.pipeline().training().trigger()));
  }

  private static Known joined(Totals totals) {
    return new Known(totals.activations(), totals.truth());
  }

  private List<Report.Phase> phases(boolean[] live, boolean[] frozen) {
    List<Report.Phase> phases = new ArrayList<>();
    int from = 0;
    for (DemoPlan.Phase phase : plan.phases()) {
      int to = from + phase.items().size();
      boolean[] ours = Arrays.copyOfRange(live, from, to);
      boolean[] theirs = Arrays.copyOfRange(frozen, from, to);
      phases.add(
          new Report.Phase(
              phase.name(),
              to - from,
              PairedDifference.share(ours),
              PairedDifference.share(theirs),
              PairedDifference.of(ours, theirs)));
      from = to;
    }
    return phases;
  }

  private static boolean[] right(int[] decided, int[] truth) {
    boolean[] right = new boolean[truth.length];
    for (int i = 0; i < right.length; i++) {
      right[i] = decided[i] == truth[i];
    }
    return right;
  }
}
