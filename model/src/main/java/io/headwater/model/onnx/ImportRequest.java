package io.headwater.model.onnx;

import io.headwater.schemas.Threshold;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is wanted of an import.
 *
 * @param model its name, for people
 * @param labels class names in the order of the answers; empty where the model answers plain values
 * @param thresholds probabilities of labels; of plain values, the levels decided for
 * @param cuts activations to cut at; empty for every one before a block
 * @param output the value that is the model's answer, or that a new head reads; null for its first
 *     output
 * @param head what is to be put behind it, or null for the model's own last layers
 * @param trainable how many trailing segments are to be fine-tuned
 * @param seed of a new head's weights
 * @param sourceSample labelled events of the task that the model was trained for, a JSON object a
 *     line, or null
 * @param embedding the value that the version gives besides; null for none
 * @param regression whether it is to answer one number per event
 */
public record ImportRequest(
    String pipeline,
    String model,
    List<String> labels,
    List<Threshold> thresholds,
    List<String> cuts,
    @Nullable String output,
    @Nullable NewHead head,
    int trainable,
    long seed,
    @Nullable ByteBuffer sourceSample,
    @Nullable String embedding,
    boolean regression) {

  /**
   * A head for new labels.
   *
   * @param hidden width of its hidden layer; 0 makes it linear
   */
  public record NewHead(int hidden, HeadInput input) {
    public NewHead {
      if (hidden < 0) {
        throw new IllegalArgumentException("a hidden layer can't be " + hidden + " wide");
      }
    }
  }

  /** A request for classes, or for whatever the model answers, and nothing besides. */
  public ImportRequest(
      String pipeline,
      String model,
      List<String> labels,
      List<Threshold> thresholds,
      List<String> cuts,
      @Nullable String output,
      @Nullable NewHead head,
      int trainable,
      long seed,
      @Nullable ByteBuffer sourceSample) {
    this(
        pipeline,
        model,
        labels,
        thresholds,
        cuts,
        output,
        head,
        trainable,
        seed,
        sourceSample,
        null,
        false);
  }

  public ImportRequest {
    labels = List.copyOf(labels);
    thresholds = List.copyOf(thresholds);
    cuts = List.copyOf(cuts);
  }

  /** Any model as it is: cut before each block, without a head, its last segment trainable. */
  public static ImportRequest asIs(String model) {
    return new ImportRequest(
        "none", model, List.of(), List.of(), List.of(), null, null, 1, 0, null);
  }
}
