package io.headwater.trainer;

import io.headwater.model.log.PublishedVersion;
import io.headwater.model.pack.AnswerFit;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.pack.SourceHead;
import io.headwater.model.pipeline.FreezeRule;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.DecisionRule;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.TensorSpec;
import io.headwater.trainer.plan.Ladder;
import io.headwater.trainer.replay.ExampleReader;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.Ladders;
import io.headwater.trainer.tune.WiderVersion;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * A version to train from: its head, how deep it can be trained, how it decides and what it reads.
 *
 * @param version the digest of what is published
 * @param published what is in production
 * @param model the same, its head widened where the pipeline has labels that it does not know
 */
record Champion(
    String version,
    ModelPackage published,
    ModelPackage model,
    HeadGraph head,
    Ladder ladder,
    DecisionRule rule,
    ExampleReader examples) {

  static Champion of(PublishedVersion published, Pipeline pipeline) {
    return of(published.model(), pipeline);
  }

  /**
   * Reads a version's last segments.
   *
   * @throws IllegalArgumentException where it has none that can be trained
   */
  static Champion of(ModelPackage published, Pipeline pipeline) {
    AnswerFit.require(pipeline, published.manifest());
    return of(
        published,
        pipeline.labels(),
        pipeline.feedback().activations(),
        pipeline.training().tuning().freeze(),
        pipeline.scores().slices());
  }

  /**
   * The same for given labels.
   *
   * @param activations where trainings have them from
   * @param slices passed fields by which examples are told apart
   */
  static Champion of(
      ModelPackage published,
      List<String> labels,
      Pipeline.Activations activations,
      FreezeRule freeze,
      List<String> slices) {
    ModelPackage model = WiderVersion.of(published, labels);
    Manifest manifest = model.manifest();
    HeadGraph head = HeadGraph.of(model);
    Ladder ladder = Ladders.of(model);
    boolean recomputed = activations == Pipeline.Activations.RECOMPUTE || !loggable(manifest);
    int width = recomputed ? ExampleReader.NONE : width(manifest);
    return new Champion(
        published.version(),
        published,
        model,
        head,
        ladder,
        DecisionRule.of(manifest),
        new ExampleReader(
            manifest.getLabels(),
            Segments.prefixDigest(manifest),
            width,
            recomputed || mayGoDeeper(freeze, manifest, ladder),
            slices));
  }

  /** How many trailing segments the head is. */
  int headSegments() {
    return ladder.head().segments();
  }

  /**
   * The head that learning began with, where a version remembers one that reads and answers what
   * this one's does.
   */
  Optional<HeadGraph> sourceHead(ModelPackage version) {
    Map<String, float[]> own = head.weights();
    Map<String, float[]> source = SourceHead.weights(version);
    source.keySet().retainAll(own.keySet());
    boolean fits =
        own.entrySet().stream()
            .allMatch(
                weight -> {
                  float[] values = source.get(weight.getKey());
                  return values != null && values.length == weight.getValue().length;
                });
    return fits ? Optional.of(head.with(source)) : Optional.empty();
  }

  /**
   * How many examples its own training had not read, however many trainings came to nothing since.
   *
   * @param logged examples of the training log
   * @param topic the training log
   */
  int unseen(List<ReplayExample> logged, String topic) {
    Map<TopicPartition, Long> ends = ReadCount.ends(published.manifest().getLineage().getRanges());
    return (int)
        logged.stream()
            .filter(
                example ->
                    example.offset()
                        >= ends.getOrDefault(new TopicPartition(topic, example.partition()), 0L))
            .count();
  }

  /** The class that the version's thresholds decide for. */
  int decide(float[] probabilities) {
    return model.manifest().getLabels().indexOf(rule.decide(probabilities));
  }

  /** Whether one value of a fixed size crosses to the head, as examples can carry it. */
  static boolean loggable(Manifest manifest) {
    List<TensorSpec> crossing = Segments.inputs(Segments.trainable(manifest));
    return crossing.size() == 1
        && crossing.get(0).getType().equals("float")
        && crossing.get(0).getDims().stream().skip(1).allMatch(dim -> dim > 0)
        && !Segments.frozen(manifest).isEmpty();
  }

  private static boolean mayGoDeeper(FreezeRule rule, Manifest manifest, Ladder ladder) {
    boolean wanted =
        rule instanceof FreezeRule.Last
            || rule instanceof FreezeRule.All
            || rule instanceof FreezeRule.Tap
            || (rule instanceof FreezeRule.Auto && manifest.getSourceSample() != null);
    // Behind an earlier tap the head alone may be left, and examples be logged for another.
    return wanted && (ladder.hasChoice() || rule instanceof FreezeRule.Tap);
  }

  private static int width(Manifest manifest) {
    TensorSpec crossing = Segments.inputs(Segments.trainable(manifest)).get(0);
    return Math.toIntExact(crossing.getDims().stream().skip(1).reduce(1L, Math::multiplyExact));
  }
}
