package io.headwater.model.runtime;

import io.headwater.model.pack.Segments;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.OutputKind;
import io.headwater.schemas.Segment;
import io.headwater.schemas.TensorSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the trainable segments read the frozen ones, and what the version answers.
 *
 * @param activation the value [batch, ...] that crosses from frozen to trainable; null where none
 *     does
 * @param width how many values an event has of it, or {@link #ANY} where that varies
 * @param output name of the scored value [batch, ...]
 * @param answers how many values an event has of that, or {@link #ANY}
 * @param embedding what a segment gives besides, which no other reads; null where none does
 */
record Tap(
    @Nullable TensorSpec activation,
    int width,
    String output,
    int answers,
    OutputKind kind,
    @Nullable TensorSpec embedding) {
  /** A width that varies from event to event. */
  static final int ANY = -1;

  private static final int TWO = 2;

  /**
   * Reads it off a manifest.
   *
   * @throws IllegalArgumentException where its segments don't give what it says that is scored, or
   *     the labels don't fit
   */
  static Tap of(Manifest manifest) {
    List<Segment> segments = manifest.getSegments();
    if (segments.isEmpty()) {
      throw new IllegalArgumentException("the version has no segment");
    }
    String scored = manifest.getScored();
    TensorSpec output =
        segments.get(segments.size() - 1).getOutputs().stream()
            .filter(spec -> spec.getName().equals(scored))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the last segment does not give '" + scored + "', which is to be scored"));
    TensorSpec activation = activation(manifest);
    int labels = manifest.getLabels().size();
    int answers =
        switch (manifest.getOutput()) {
          case LOGITS, PROBABILITIES -> labels;
          case LOGIT, PROBABILITY -> 1;
          case VALUES -> width(output);
        };
    if (answers == 1 && manifest.getOutput() != OutputKind.VALUES && labels != TWO) {
      throw new IllegalArgumentException("one answer tells two labels apart, not " + labels);
    }
    return new Tap(
        activation,
        activation == null ? 0 : width(activation),
        scored,
        answers,
        manifest.getOutput(),
        Segments.besides(manifest));
  }

  /**
   * A run's answers, one per event: probabilities per label, or plain values, and activations,
   * which are empty where the version has none. Null stands for an answer that is not finite.
   */
  List<@Nullable Scored> scored(Chain.Values values, int batch) {
    Rows activations =
        activation == null ? Rows.EMPTY : values.rows(activation.getName(), batch, width);
    Rows rows = values.rows(output, batch, answers);
    Rows embeddings =
        embedding == null ? Rows.EMPTY : values.rows(embedding.getName(), batch, width(embedding));
    List<@Nullable Scored> scored = new ArrayList<>(batch);
    for (int i = 0; i < batch; i++) {
      boolean finite = rows.isFinite(i) && activations.isFinite(i) && embeddings.isFinite(i);
      scored.add(
          finite
              ? new Scored(Probabilities.of(kind, rows.row(i)), activations, embeddings, i)
              : null);
    }
    return scored;
  }

  /**
   * A run's answers without activations.
   *
   * @throws InferenceException where one is not finite
   */
  float[][] probabilities(Chain.Values values, int batch) {
    Rows rows = values.rows(output, batch, answers);
    float[][] probabilities = new float[batch][];
    for (int i = 0; i < batch; i++) {
      if (!rows.isFinite(i)) {
        throw notFinite();
      }
      probabilities[i] = Probabilities.of(kind, rows.row(i));
    }
    return probabilities;
  }

  /** What a run must answer with. */
  Set<String> names() {
    return embedding == null ? Set.of(output) : Set.of(output, embedding.getName());
  }

  InferenceException notFinite() {
    return new InferenceException("'" + output + "' or what it is made from is not finite");
  }

  /** The first value that the first trainable segment reads of the frozen ones. */
  private static @Nullable TensorSpec activation(Manifest manifest) {
    List<Segment> trainable = Segments.trainable(manifest);
    List<Segment> frozen = Segments.frozen(manifest);
    if (trainable.isEmpty() || frozen.isEmpty()) {
      return null;
    }
    Set<String> made = new HashSet<>();
    frozen.forEach(segment -> segment.getOutputs().forEach(spec -> made.add(spec.getName())));
    return trainable.get(0).getInputs().stream()
        .filter(spec -> made.contains(spec.getName()) && spec.getType().equals("float"))
        .findFirst()
        .orElse(null);
  }

  private static int width(TensorSpec spec) {
    List<Long> dims = spec.getDims();
    long width = 1;
    for (long dim : dims.subList(Math.min(1, dims.size()), dims.size())) {
      if (dim < 0) {
        return ANY;
      }
      width = Math.multiplyExact(width, dim);
    }
    return Math.toIntExact(width);
  }
}
