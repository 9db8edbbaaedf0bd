package io.headwater.ops.bench;

import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.model.runtime.Scored;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Setting;
import io.headwater.trainer.FirstVersion;
import io.headwater.trainer.LabelledEvent;
import io.headwater.trainer.replay.CrossingCache;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Trains first versions at one depth and measures them.
 *
 * @param cache what crosses, by picture or text and prefix: the same for every depth and seed
 */
record FreezeTrial(FreezeSubject subject, ModelPackage untrained, CrossingCache cache) {
  private static final double NANOS = 1e9;
  private static final double LEAST_PROBABILITY = 1e-7;
  private static final int BATCH = 64;

  /**
   * What came of a training.
   *
   * @param logLoss on events that no training saw
   * @param accuracy on the same
   * @param auc how well the source is told from the target; not a number where that was not asked
   * @param seconds the training took
   * @param freeze what trained
   * @param reason why
   */
  record Result(
      double logLoss, double accuracy, double auc, double seconds, String freeze, String reason) {}

  Result run(String rule, long seed, List<LabelledEvent> events, List<LabelledEvent> tested) {
    Pipeline pipeline = subject.pipeline(rule, seed);
    long started = System.nanoTime();
    ModelPackage trained =
        FirstVersion.train(pipeline, untrained, events, (done, of) -> {}, Map.of(), cache);
    double seconds = (System.nanoTime() - started) / NANOS;
    Lineage lineage = trained.manifest().getLineage();
    double loss = 0;
    int right = 0;
    List<float[]> answers = answers(trained, tested);
    for (int i = 0; i < answers.size(); i++) {
      int truth = subject.labels().indexOf(tested.get(i).label());
      loss -= Math.log(Math.max(LEAST_PROBABILITY, answers.get(i)[truth]));
      right += largest(answers.get(i)) == truth ? 1 : 0;
    }
    return new Result(
        loss / tested.size(),
        (double) right / tested.size(),
        number(lineage, "freeze.auc"),
        seconds,
        lineage.getFreeze(),
        lineage.getFreezeReason());
  }

  /**
   * Fine-tunes a trained version on labels that were dealt out by chance.
   *
   * @return why nothing came of it; empty where a version did, which is a fault
   */
  Optional<String> noise(
      String rule, long seed, List<LabelledEvent> sound, List<LabelledEvent> dealt) {
    ModelPackage first =
        FirstVersion.train(
            subject.pipeline("head", seed), untrained, sound, (done, of) -> {}, Map.of(), cache);
    try {
      FirstVersion.train(
          subject.pipeline(rule, seed), first, dealt, (done, of) -> {}, Map.of(), cache);
      return Optional.empty();
    } catch (IllegalArgumentException refused) {
      return Optional.of(String.valueOf(refused.getMessage()));
    }
  }

  private static List<float[]> answers(ModelPackage version, List<LabelledEvent> tested) {
    List<float[]> answers = new ArrayList<>();
    try (LoadedModel loaded = LoadedModel.load(version)) {
      for (int from = 0; from < tested.size(); from += BATCH) {
        List<Features> batch = new ArrayList<>();
        for (LabelledEvent event : tested.subList(from, Math.min(tested.size(), from + BATCH))) {
          batch.add(loaded.featurise(event.event()));
        }
        loaded.score(batch).stream().map(Scored::probabilities).forEach(answers::add);
      }
    } catch (FeatureException e) {
      throw new IllegalStateException("an event that was just written has its fields", e);
    }
    return answers;
  }

  private static int largest(float[] row) {
    int largest = 0;
    for (int i = 1; i < row.length; i++) {
      largest = row[i] > row[largest] ? i : largest;
    }
    return largest;
  }

  private static double number(Lineage lineage, String name) {
    return lineage.getSettings().stream()
        .filter(setting -> setting.getName().equals(name))
        .map(Setting::getValue)
        .mapToDouble(Double::parseDouble)
        .findFirst()
        .orElse(Double.NaN);
  }
}
