package io.headwater.model.pipeline;

import static io.headwater.model.pipeline.Key.defaulted;
import static io.headwater.model.pipeline.Key.optional;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The keys of section {@code training} that say how a training descends, and their reading. */
record TuningSection(Reading reading) {
  static final Key<FreezeRule> FREEZE =
      defaulted(
          "training.freeze",
          Kind.FREEZE,
          "auto",
          "What trains: the head; the last N segments, the head among them; all of them; a new head"
              + " behind the first K segments, without the rest; or what the number of examples and"
              + " their likeness to the source task warrant (auto)."
              + " See docs/training.md.");
  static final Key<Integer> SEGMENT_EPOCHS =
      defaulted(
          "training.segmentEpochs",
          Kind.whole(1, 10_000),
          "5",
          "Passes over the examples where segments before the head train as well, after the head's own.");
  static final Key<Double> SEGMENT_RATE =
      defaulted(
          "training.segmentRate",
          Kind.number(1e-6, 1),
          "0.1",
          "Factor on the learning rate of weights before the head, which were trained already.");
  static final Key<Double> PULL =
      defaulted(
          "training.pull",
          Kind.number(0, 1_000),
          "0.0",
          "How strongly weights are drawn back to the champion's, per unit of learning rate (L2-SP).");
  static final Key<Double> SMOOTHING =
      defaulted(
          "training.labelSmoothing",
          Kind.number(0, 0.99),
          "0.0",
          "Share of each label that is spread evenly over all classes.");
  static final Key<Boolean> BALANCE =
      defaulted(
          "training.balance",
          Kind.FLAG,
          "true",
          "Whether each class counts alike, however many examples it has.");
  static final Key<Double> CLASS_WEIGHT =
      optional(
          "training.classWeights.<label>",
          Kind.number(1e-3, 1_000),
          "2.0",
          "How much an example of the label counts, on top of `balance`; 1 for labels not named.");
  static final Key<Integer> ACCUMULATION =
      defaulted(
          "training.accumulation",
          Kind.whole(1, 1_024),
          "1",
          "Batches whose gradients make one optimiser step together.");
  static final Key<Integer> PATIENCE =
      defaulted(
          "training.patience",
          Kind.whole(0, 10_000),
          "0",
          "Epochs without a lower loss on the newest tenth, held out for this, after which a training"
              + " stops with its best weights; 0 trains to the last epoch.");
  static final Key<Double> WARM_UP =
      defaulted(
          "training.warmUp",
          Kind.number(0, 0.99),
          "0.1",
          "Share of the steps over which the learning rate rises; it then falls along half a cosine.");
  static final Key<Double> CLIP =
      defaulted(
          "training.clip",
          Kind.number(1e-6, 1e9),
          "1.0",
          "Largest norm of a step's gradient; a larger one is scaled down to it.");
  static final Key<Integer> ACTIVATION_BYTES =
      defaulted(
          "training.activationBytes",
          Kind.size(1 << 20, 1 << 30),
          "256MiB",
          "Memory for activations that the trainer recomputes; training goes no deeper than fits.");
  static final Key<Double> BUDGET =
      defaulted(
          "training.budget",
          Kind.number(0.01, 1),
          "1.0",
          "Share of the time that training's steps may take, on their one thread; it rests for the"
              + " remainder, so that scoring on the same cores stays fast.");

  static final Key<Integer> CACHE_BYTES =
      defaulted(
          "training.cacheBytes",
          Kind.size(0, 1 << 30),
          "512MiB",
          "Disk, in the trainer's state directory, for the same over a restart; 0B for none. The oldest goes first.");

  static List<Key<?>> all() {
    return List.of(
        FREEZE,
        SEGMENT_EPOCHS,
        SEGMENT_RATE,
        PULL,
        SMOOTHING,
        BALANCE,
        CLASS_WEIGHT,
        ACCUMULATION,
        PATIENCE,
        WARM_UP,
        CLIP,
        ACTIVATION_BYTES,
        BUDGET,
        CACHE_BYTES);
  }

  Tuning read(List<String> labels) {
    return new Tuning(
        reading.get(FREEZE),
        reading.get(SEGMENT_EPOCHS),
        reading.get(SEGMENT_RATE),
        reading.get(PULL),
        reading.get(SMOOTHING),
        reading.get(BALANCE),
        classWeights(labels),
        reading.get(ACCUMULATION),
        reading.get(PATIENCE),
        reading.get(WARM_UP),
        reading.get(CLIP),
        reading.get(ACTIVATION_BYTES),
        reading.get(BUDGET),
        reading.get(CACHE_BYTES));
  }

  private Map<String, Double> classWeights(List<String> labels) {
    Map<String, Double> weights = new LinkedHashMap<>();
    for (String label : reading.names("training", "classWeights")) {
      reading.find(CLASS_WEIGHT, label).ifPresent(weight -> weights.put(label, weight));
      boolean classes = reading.sound(PipelineKeys.LABELS) && !labels.isEmpty();
      if (classes && !labels.contains(label)) {
        reading.report(
            CLASS_WEIGHT.path(label),
            "there is a class weight for '" + label + "', which is no label",
            NearMiss.of(label, labels)
                .map(near -> "did you mean '" + near + "'?")
                .orElse("write one of " + String.join(", ", labels)));
      }
    }
    return weights;
  }
}
