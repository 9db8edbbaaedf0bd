package io.headwater.trainer.round;

import io.headwater.model.runtime.InferenceException;
import io.headwater.trainer.evaluate.Comparison;
import io.headwater.trainer.evaluate.Signal;
import io.headwater.trainer.evaluate.Slices;
import io.headwater.trainer.evaluate.Temperature;
import io.headwater.trainer.evaluate.Tolerance;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.round.RoundOutcome.Accepted;
import io.headwater.trainer.round.RoundOutcome.Depths;
import io.headwater.trainer.round.RoundOutcome.Rejected;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.HeadRunner;
import io.headwater.trainer.tune.TemperedHead;
import io.headwater.trainer.tune.TuneOutcome;
import io.headwater.trainer.tune.TuneOutcome.Diverged;
import io.headwater.trainer.tune.TuneOutcome.Tuned;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * A round at its work: what it trains on its examples, and what those that are held out say of it.
 */
final class RoundRun {
  private static final int SIGNAL_FOLDS = 5;

  private final TrainingRound round;
  private final HeadGraph champion;
  private final RoundSettings settings;
  private final Goal goal;
  private final Tuning tuning;
  private final Rows all;
  private final int seen;
  private final Rows judges;
  private final float[][] theirs;

  /**
   * Prepares it.
   *
   * @param all in the order in which the labels were known
   * @param seen how many of them are trained on; the rest is held out
   */
  RoundRun(TrainingRound round, Goal goal, Rows all, int seen, BooleanSupplier cancelled) {
    this.round = round;
    this.champion = round.champion();
    this.settings = round.settings();
    this.goal = goal;
    this.tuning = new Tuning(goal, cancelled);
    this.all = all;
    this.seen = seen;
    this.judges = all.part(seen, all.size());
    HeadGraph rival = round.rival();
    this.theirs = HeadRunner.probabilities(rival == null ? champion : rival, judges.unlabelled());
  }

  /** Weights that may be published, trained without the holdout. */
  private record Candidate(Attempt attempt, Depths depths, double stride, String how) {}

  /**
   * Goes through with it.
   *
   * @throws InferenceException where a head answers with no number
   */
  RoundOutcome outcome() {
    TuneOutcome outcome = tuned(all.part(0, seen));
    if (outcome instanceof Diverged diverged) {
      return TrainingRound.rejected(
          RejectReason.DIVERGED, "training ran away: " + diverged.reason());
    }
    Attempt chosen = attempt(champion, ((Tuned) outcome).weights(), all);
    Depths depths = Depths.HEAD;
    if (!round.contenders().isEmpty()) {
      Tried tried = tryOthers(chosen);
      depths = tried.depths;
      chosen = tried.better;
    }
    Candidate candidate = strided(chosen, depths);
    Optional<Rejected> refusal = judged(candidate);
    return refusal.isPresent() ? refusal.get() : finished(candidate);
  }

  private record Tried(Attempt better, Depths depths) {}

  private Tried tryOthers(Attempt head) {
    Contest contest = new Contest(head.entry(Contender.HEAD, goal, judges));
    Map<String, Map<String, float[]>> tuned = new HashMap<>();
    tuned.put(Contender.HEAD, head.weights());
    tuned.put(Contender.NOTHING, Map.of());
    Attempt best = head;
    for (Contender contender : round.contenders()) {
      Map<String, float[]> start = tuned.get(contender.after());
      if (start == null) {
        contest.fails(contender.name(), "had nothing to start from");
        continue;
      }
      Rows rows = new Rows(all.examples(), contender.rows());
      TuneOutcome outcome =
          tuning.of(contender.start().with(start), rows.part(0, seen), contender.how());
      if (outcome instanceof Diverged diverged) {
        contest.fails(contender.name(), "ran away: " + diverged.reason());
        continue;
      }
      Map<String, float[]> weights = ((Tuned) outcome).weights();
      tuned.put(contender.name(), weights);
      try {
        Attempt attempt = attempt(contender.start(), weights, rows);
        if (contest.wins(attempt.entry(contender.name(), goal, judges), contender.simpler())) {
          best = attempt;
        }
      } catch (InferenceException e) {
        contest.fails(contender.name(), "can't answer: " + e.getMessage());
      }
    }
    return new Tried(best, new Depths(contest.best(), contest.said(), contest.numbers()));
  }

  /**
   * The head as far on its way as the examples bear out that the champion never saw; what trained
   * deeper all of its way, where those that are held out do.
   */
  private Candidate strided(Attempt tuned, Depths depths) {
    int unseen = Math.min(settings.unseen(), all.size());
    if (unseen == 0 || !(goal instanceof ClassGoal classes)) {
      return new Candidate(tuned, depths, 1, "");
    }
    if (depths.deeper()) {
      return Stride.gains(theirs, tuned.answers(), judges.examples(), classes)
          ? new Candidate(tuned, depths, 1, "")
          : new Candidate(tuned, depths, 0, "; however sure either is, it gains nothing on these");
    }
    long seed = settings.tune().seed();
    double stride = Stride.of(champion, all, unseen, classes, seed, this::tuned);
    if (stride == 1) {
      return new Candidate(tuned, depths, 1, "");
    }
    if (stride == 0) {
      String how = "; on the newest %d no part of the way to it is better than the champion";
      return new Candidate(tuned, depths, 0, how.formatted(unseen));
    }
    return new Candidate(
        attempt(champion, champion.towards(tuned.weights(), stride), all),
        depths,
        stride,
        String.format(Locale.ROOT, "; %.3f of its way, as far as it clearly gains", stride));
  }

  /** Why a candidate is not to be published; empty where it is. */
  private Optional<Rejected> judged(Candidate candidate) {
    Attempt attempt = candidate.attempt;
    if (candidate.stride == 0) {
      return Optional.of(refused(RejectReason.NO_GAIN, candidate, candidate.how));
    }
    if (isWorse(attempt)) {
      return Optional.of(
          refused(RejectReason.WORSE_THAN_CHAMPION, candidate, candidate.how + worse()));
    }
    // Behind a new head anything is tolerated: there is no champion that goes on.
    return settings.tolerance() < 1
        ? signal(attempt)
            .filter(Signal::isGuessing)
            .map(signal -> refused(RejectReason.NO_SIGNAL, candidate, "; " + signal.said()))
        : Optional.empty();
  }

  private Optional<Signal> signal(Attempt attempt) {
    long seed = settings.tune().seed();
    return goal.signal(attempt.plain(), judges.examples(), seed)
        .map(signal -> signal.isAmple() ? signal : ofAll().orElse(signal));
  }

  /** Where the holdout can't tell: of all examples, each answered by a head that never saw it. */
  private Optional<Signal> ofAll() {
    long seed = settings.tune().seed();
    float[][][] answers =
        new CrossFit(champion, all, all.size(), SIGNAL_FOLDS, seed, this::tuned).answers(1);
    return goal.signal(answers[0], all.examples(), seed);
  }

  /** Tunes on the holdout as well where that is asked for, and holds the head on its leash. */
  private RoundOutcome finished(Candidate candidate) {
    Depths depths = candidate.depths;
    Attempt attempt = candidate.attempt;
    Map<String, float[]> weights = attempt.weights();
    String how = candidate.how;
    if (settings.refit()) {
      TuneOutcome again = tunedAgain(depths.kept());
      if (again instanceof Diverged diverged) {
        return new Rejected(
            RejectReason.DIVERGED,
            "training on the holdout as well ran away: " + diverged.reason(),
            Optional.of(attempt.comparison()),
            Map.of(),
            all.size(),
            depths);
      }
      weights = ((Tuned) again).weights();
      weights = depths.deeper() ? weights : champion.towards(weights, candidate.stride);
      how += "; then fitted to the holdout as well";
    }
    Leash leash = round.leash();
    double part = depths.deeper() ? 1 : leash.part(weights);
    if (part < 1) {
      // What was tuned without the holdout is judged where it has gone as far.
      attempt = attempt(champion, leash.held(attempt.weights(), part), all);
      how += String.format(Locale.ROOT, "; held to %.2f of the way, so as not to forget", part);
      if (isWorse(attempt)) {
        Candidate held = new Candidate(attempt, depths, candidate.stride, how);
        return refused(RejectReason.WORSE_THAN_CHAMPION, held, how + worse());
      }
      weights = leash.held(weights, part);
    }
    return new Accepted(
        attempt.said() + how + told(attempt.temperature()),
        attempt.comparison(),
        tempered(attempt.graph(), weights, attempt.temperature()),
        settings.refit() ? all.size() : seen,
        depths,
        part);
  }

  /** What a contender starts from is tuned once more before it. */
  private TuneOutcome tunedAgain(String name) {
    for (Contender contender : round.contenders()) {
      if (contender.name().equals(name)) {
        Map<String, float[]> start = Map.of();
        if (!contender.after().equals(Contender.NOTHING)) {
          TuneOutcome before = tunedAgain(contender.after());
          if (!(before instanceof Tuned tuned)) {
            return before;
          }
          start = tuned.weights();
        }
        Rows rows = new Rows(all.examples(), contender.rows());
        return tuning.of(contender.start().with(start), rows, contender.how());
      }
    }
    return tuned(all);
  }

  private TuneOutcome tuned(Rows rows) {
    return tuning.of(champion, rows, settings.tune());
  }

  private boolean isWorse(Attempt attempt) {
    return !Tolerance.allows(-attempt.comparison().gain(), settings.tolerance());
  }

  private String worse() {
    return "; that is more than %s worse".formatted(settings.tolerance());
  }

  private Rejected refused(RejectReason code, Candidate candidate, String why) {
    Attempt attempt = candidate.attempt;
    return new Rejected(
        code,
        attempt.said() + why,
        Optional.of(attempt.comparison()),
        tempered(attempt.graph(), attempt.weights(), attempt.temperature()),
        seen,
        candidate.depths);
  }

  private Attempt attempt(HeadGraph graph, Map<String, float[]> weights, Rows rows) {
    Rows asked = rows.part(seen, rows.size());
    float[][] ours = HeadRunner.probabilities(graph.with(weights), asked.unlabelled());
    Temperature temperature =
        settings.calibrated() ? Temperature.fit(ours, asked.classes()) : Temperature.NONE;
    float[][] answers = settings.calibrated() ? temperature.applied(ours) : ours;
    return new Attempt(graph, weights, temperature, ours, answers, compare(answers));
  }

  private Map<String, float[]> tempered(
      HeadGraph graph, Map<String, float[]> weights, Temperature temperature) {
    return settings.calibrated()
        ? TemperedHead.weights(graph, weights, temperature.value())
        : weights;
  }

  private String told(Temperature temperature) {
    return settings.calibrated()
        ? String.format(Locale.ROOT, "; logits divided by %.3f", temperature.value())
        : "";
  }

  private Comparison compare(float[][] ours) {
    List<ReplayExample> held = judges.examples();
    List<ReplayExample> trained = all.examples().subList(0, seen);
    Comparison whole = goal.compare(ours, theirs, held, trained);
    Map<String, Comparison> parts = new LinkedHashMap<>();
    Slices.of(held.stream().map(ReplayExample::slices).toList(), settings.mostSlices())
        .forEach(
            (name, places) ->
                parts.put(
                    name,
                    goal.compare(
                        places.stream().map(i -> ours[i]).toArray(float[][]::new),
                        places.stream().map(i -> theirs[i]).toArray(float[][]::new),
                        places.stream().map(held::get).toList(),
                        trained)));
    return whole.sliced(parts);
  }
}
