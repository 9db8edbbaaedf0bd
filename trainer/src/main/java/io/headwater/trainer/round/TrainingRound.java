package io.headwater.trainer.round;

import io.headwater.model.runtime.Crossing;
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
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One training: from the replayed examples to a candidate or the reason why there is none.
 *
 * <p>The head trains first. Where deeper segments are to train as well, they start from that head
 * (Kumar et al., Fine-Tuning can Distort Pretrained Features, 2022); a head at an earlier tap
 * starts from fresh weights. Either is kept only where the holdout finds it better.
 *
 * <p>Knows no Kafka, files or clocks: the same champion, examples and settings end the same way.
 * Runs on the calling thread alone.
 *
 * @param champion the head in production
 * @param contenders what is to train besides, each behind those whose weights it starts from
 * @param decide the class that the version's thresholds decide for; unused where labels are numbers
 * @param rival the head that candidates are held against, where that is another than the champion:
 *     what is in force while learning starts from an older head
 * @param leash how far the head may leave one that must not be forgotten; deeper training is not
 *     held
 */
public record TrainingRound(
    HeadGraph champion,
    List<Contender> contenders,
    ToIntFunction<float[]> decide,
    RoundSettings settings,
    @Nullable HeadGraph rival,
    Leash leash) {

  /** Examples that are not held out, per held-out one, at least. */
  private static final int TRAINED_PER_HELD_OUT = 2;

  private static final int SIGNAL_FOLDS = 5;

  public TrainingRound {
    contenders = List.copyOf(contenders);
  }

  /** A round of the head alone. */
  public TrainingRound(HeadGraph champion, ToIntFunction<float[]> decide, RoundSettings settings) {
    this(champion, List.of(), decide, settings);
  }

  /** A round whose candidate is held against the champion. */
  public TrainingRound(
      HeadGraph champion,
      List<Contender> contenders,
      ToIntFunction<float[]> decide,
      RoundSettings settings) {
    this(champion, contenders, decide, settings, null, Leash.NONE);
  }

  /**
   * Weights that were tuned, and how their graph did on the holdout.
   *
   * @param weights as tuned, before the temperature divides the logits
   * @param answers on the holdout, after it
   */
  private record Attempt(
      HeadGraph graph,
      Map<String, float[]> weights,
      Temperature temperature,
      float[][] answers,
      Comparison comparison,
      Optional<Signal> signal) {
    String said() {
      return comparison.candidate().against(comparison.champion());
    }

    Contest.Entry entry(String name, Goal goal, Rows judges) {
      return new Contest.Entry(
          name, comparison.candidate(), goal.losses(answers, judges.examples()));
    }
  }

  /** Runs the round on examples that carry their activations. */
  public RoundOutcome run(List<ReplayExample> replay, BooleanSupplier cancelled) {
    List<Crossing> rows =
        replay.stream()
            .map(example -> Crossing.of(Objects.requireNonNull(example.activation())))
            .toList();
    return run(replay, rows, cancelled);
  }

  /**
   * Runs the round.
   *
   * @param replay in the order in which the labels were known
   * @param crossing what crosses to the head, for each
   * @param cancelled asked before each step
   * @throws CancellationException soon after {@code cancelled} answered true
   */
  public RoundOutcome run(
      List<ReplayExample> replay, List<Crossing> crossing, BooleanSupplier cancelled) {
    int holdout = Math.min(settings.holdout(), replay.size() / (TRAINED_PER_HELD_OUT + 1));
    if (holdout == 0) {
      return rejected(
          RejectReason.TOO_FEW_EXAMPLES,
          "%d usable examples are too few to train on and judge by".formatted(replay.size()));
    }
    if (settings.calibrated()) {
      // A head that can't carry a temperature is refused before it is tuned.
      TemperedHead.weights(champion, Map.of(), Temperature.NONE.value());
    }
    int seen = replay.size() - holdout;
    Optional<String> nothing = goal().nothingToLearn(replay.subList(0, seen));
    if (nothing.isPresent()) {
      return rejected(RejectReason.ONE_CLASS, nothing.get());
    }
    Rows all = new Rows(replay, crossing);
    Tuning tuning = new Tuning(goal(), cancelled);
    TuneOutcome outcome = tuned(all.part(0, seen), tuning);
    if (outcome instanceof Diverged diverged) {
      return rejected(RejectReason.DIVERGED, "training ran away: " + diverged.reason());
    }
    Rows judges = all.part(seen, replay.size());
    float[][] theirs =
        HeadRunner.probabilities(rival == null ? champion : rival, judges.unlabelled());
    Attempt chosen;
    try {
      chosen = attempt(champion, (Tuned) outcome, all, seen, theirs);
    } catch (InferenceException e) {
      return rejected(RejectReason.DIVERGED, "the candidate can't answer: " + e.getMessage());
    }
    Depths depths = Depths.HEAD;
    if (!contenders.isEmpty()) {
      Tried tried = tryOthers(replay, seen, chosen, judges, theirs, tuning);
      depths = tried.depths;
      chosen = tried.better;
    }
    String how = "";
    double stride = depths.deeper() ? 1 : stride(all, tuning);
    if (stride == 0) {
      return refused(
          RejectReason.NO_GAIN,
          "; on the newest %d no part of the way to it is better than the champion"
              .formatted(settings.unseen()),
          chosen,
          seen,
          depths);
    }
    if (stride < 1) {
      Map<String, float[]> judged = champion.towards(chosen.weights, stride);
      chosen = attempt(champion, new Tuned(judged, List.of()), all, seen, theirs);
      how = String.format(Locale.ROOT, "; %.3f of its way, as far as it clearly gains", stride);
    }
    if (isWorse(chosen)) {
      return refused(RejectReason.WORSE_THAN_CHAMPION, how + worse(), chosen, seen, depths);
    }
    // Behind a new head anything is tolerated: there is no champion that goes on.
    if (settings.tolerance() < 1 && chosen.signal.isPresent()) {
      Signal signal = chosen.signal.get();
      signal = signal.isAmple() ? signal : ofAll(all, tuning).orElse(signal);
      if (signal.isGuessing()) {
        return refused(RejectReason.NO_SIGNAL, "; " + signal.said(), chosen, seen, depths);
      }
    }
    Map<String, float[]> weights = chosen.weights;
    if (settings.refit()) {
      TuneOutcome again = tunedAgain(all, depths.kept(), tuning);
      if (again instanceof Diverged diverged) {
        return new Rejected(
            RejectReason.DIVERGED,
            "training on the holdout as well ran away: " + diverged.reason(),
            Optional.of(chosen.comparison),
            Map.of(),
            all.size(),
            depths);
      }
      weights = ((Tuned) again).weights();
      weights = depths.deeper() ? weights : champion.towards(weights, stride);
      how += "; then fitted to the holdout as well";
    }
    double part = depths.deeper() ? 1 : leash.part(weights);
    if (part < 1) {
      // What was tuned without the holdout is judged where it has gone as far.
      Map<String, float[]> judged = leash.held(chosen.weights, part);
      chosen = attempt(champion, new Tuned(judged, List.of()), all, seen, theirs);
      how += String.format(Locale.ROOT, "; held to %.2f of the way, so as not to forget", part);
      if (isWorse(chosen)) {
        return refused(RejectReason.WORSE_THAN_CHAMPION, how + worse(), chosen, seen, depths);
      }
      weights = leash.held(weights, part);
    }
    return new Accepted(
        chosen.said() + how + told(chosen.temperature),
        chosen.comparison,
        tempered(chosen.graph, weights, chosen.temperature),
        settings.refit() ? all.size() : seen,
        depths,
        part);
  }

  /** Where the holdout can't tell: of all examples, each answered by a head that never saw it. */
  private Optional<Signal> ofAll(Rows all, Tuning tuning) {
    long seed = settings.tune().seed();
    float[][][] answers =
        new CrossFit(champion, all, all.size(), SIGNAL_FOLDS, seed, rows -> tuned(rows, tuning))
            .answers(1);
    return goal().signal(answers[0], all.examples(), seed);
  }

  private double stride(Rows all, Tuning tuning) {
    int judged = Math.min(settings.unseen(), all.size());
    if (judged == 0 || !(goal() instanceof ClassGoal classes)) {
      return 1;
    }
    long seed = settings.tune().seed();
    return Stride.of(champion, all, judged, classes, seed, rows -> tuned(rows, tuning));
  }

  private TuneOutcome tuned(Rows rows, Tuning tuning) {
    return tuning.of(champion, rows, settings.tune());
  }

  private boolean isWorse(Attempt attempt) {
    return !Tolerance.allows(-attempt.comparison.gain(), settings.tolerance());
  }

  private String worse() {
    return ", which is more than %s worse".formatted(settings.tolerance());
  }

  private Rejected refused(
      RejectReason code, String why, Attempt attempt, int seen, Depths depths) {
    return new Rejected(
        code,
        attempt.said() + why,
        Optional.of(attempt.comparison),
        tempered(attempt.graph, attempt.weights, attempt.temperature),
        seen,
        depths);
  }

  private record Tried(Attempt better, Depths depths) {}

  private Tried tryOthers(
      List<ReplayExample> replay,
      int seen,
      Attempt head,
      Rows judges,
      float[][] theirs,
      Tuning tuning) {
    Contest contest = new Contest(head.entry(Contender.HEAD, goal(), judges));
    Map<String, Map<String, float[]>> tuned = new HashMap<>();
    tuned.put(Contender.HEAD, head.weights);
    tuned.put(Contender.NOTHING, Map.of());
    Attempt best = head;
    for (Contender contender : contenders) {
      Map<String, float[]> start = tuned.get(contender.after());
      if (start == null) {
        contest.fails(contender.name(), "had nothing to start from");
        continue;
      }
      Rows all = new Rows(replay, contender.rows());
      TuneOutcome outcome =
          tuning.of(contender.start().with(start), all.part(0, seen), contender.how());
      if (outcome instanceof Diverged diverged) {
        contest.fails(contender.name(), "ran away: " + diverged.reason());
        continue;
      }
      Tuned weights = (Tuned) outcome;
      tuned.put(contender.name(), weights.weights());
      try {
        Attempt attempt = attempt(contender.start(), weights, all, seen, theirs);
        if (contest.wins(attempt.entry(contender.name(), goal(), judges), contender.simpler())) {
          best = attempt;
        }
      } catch (InferenceException e) {
        contest.fails(contender.name(), "can't answer: " + e.getMessage());
      }
    }
    return new Tried(best, new Depths(contest.best(), contest.said(), contest.numbers()));
  }

  private Attempt attempt(HeadGraph graph, Tuned tuned, Rows all, int seen, float[][] theirs) {
    Rows judges = all.part(seen, all.size());
    float[][] ours = HeadRunner.probabilities(graph.with(tuned.weights()), judges.unlabelled());
    Optional<Signal> signal = goal().signal(ours, judges.examples(), settings.tune().seed());
    Temperature temperature =
        settings.calibrated() ? Temperature.fit(ours, judges.classes()) : Temperature.NONE;
    float[][] answers = settings.calibrated() ? temperature.applied(ours) : ours;
    Comparison comparison = compare(answers, theirs, judges, all.part(0, seen));
    return new Attempt(graph, tuned.weights(), temperature, answers, comparison, signal);
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

  /** What a contender starts from is tuned once more before it. */
  private TuneOutcome tunedAgain(Rows all, String name, Tuning tuning) {
    for (Contender contender : contenders) {
      if (contender.name().equals(name)) {
        Map<String, float[]> start = Map.of();
        if (!contender.after().equals(Contender.NOTHING)) {
          TuneOutcome before = tunedAgain(all, contender.after(), tuning);
          if (!(before instanceof Tuned tuned)) {
            return before;
          }
          start = tuned.weights();
        }
        Rows rows = new Rows(all.examples(), contender.rows());
        return tuning.of(contender.start().with(start), rows, contender.how());
      }
    }
    return tuned(all, tuning);
  }

  private static Rejected rejected(RejectReason code, String reason) {
    return new Rejected(code, reason, Optional.empty(), Map.of(), 0, Depths.HEAD);
  }

  private Goal goal() {
    return settings.tune().refinements().loss().classifies()
        ? new ClassGoal(decide)
        : new ValueGoal();
  }

  private Comparison compare(float[][] ours, float[][] theirs, Rows judges, Rows trained) {
    Comparison whole = goal().compare(ours, theirs, judges.examples(), trained.examples());
    Map<String, Comparison> parts = new LinkedHashMap<>();
    Slices.of(judges.examples().stream().map(ReplayExample::slices).toList(), settings.mostSlices())
        .forEach(
            (name, places) ->
                parts.put(
                    name,
                    goal()
                        .compare(
                            places.stream().map(i -> ours[i]).toArray(float[][]::new),
                            places.stream().map(i -> theirs[i]).toArray(float[][]::new),
                            places.stream().map(judges.examples()::get).toList(),
                            trained.examples())));
    return whole.sliced(parts);
  }
}
