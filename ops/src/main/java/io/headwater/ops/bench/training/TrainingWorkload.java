package io.headwater.ops.bench.training;

import io.headwater.model.onnx.FeatureBinder;
import io.headwater.model.onnx.HeadInput;
import io.headwater.model.onnx.ImportRequest;
import io.headwater.model.onnx.ModelImport;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.runtime.Crossing;
import io.headwater.model.runtime.OrtRunner;
import io.headwater.ops.data.PretrainedModels;
import io.headwater.schemas.TensorSpec;
import io.headwater.trainer.tune.HeadGraph;
import io.headwater.trainer.tune.StepSpeed;
import io.headwater.trainer.tune.TrainingSet;
import io.headwater.trainer.tune.TuneSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What is trained, and on what: activations that are drawn at random, as speed does not depend on
 * them.
 *
 * @param name for people
 */
record TrainingWorkload(String name, StepSpeed steps) {
  /** Which to measure. */
  enum Kind {
    /** A head 384-128-2, 32 examples a step. */
    head_32,
    /** The same, 256 examples a step. */
    head_256,
    /** The last layer of all-MiniLM-L6-v2, pooling and the head, 16 texts of 64 tokens. */
    last_block,
    /** All six layers. */
    all_blocks,
    /** The last stage of PP-OCRv3's recognition network and a head, 16 lines of 48 x 320 pixels. */
    cnn
  }

  private static final int HIDDEN = 128;
  private static final int TOKENS = 64;
  private static final int TEXT_BATCH = 16;
  private static final int BATCHES = 4;
  private static final int HEAD_EXAMPLES = 4096;

  /** The head and both halves of a layer; the head and those of six. */
  private static final int LAST_LAYER = 3;

  private static final int ALL_LAYERS = 13;

  /** The stage of 512 channels; what comes before gives 3 x 80 values a channel. */
  private static final int LAST_STAGE = 5;

  private static final String LAST_STAGE_OUTPUT = "pool2d_5.tmp_0_clone_0";
  private static final long[] LINE = {3, 80};

  /** A workload; fetches its model. */
  static TrainingWorkload of(Kind kind, PretrainedModels models) {
    return switch (kind) {
      case head_32 -> head(kind, models, 32);
      case head_256 -> head(kind, models, 256);
      case last_block -> blocks(kind, models, LAST_LAYER);
      case all_blocks -> blocks(kind, models, ALL_LAYERS);
      case cnn ->
          of(
              kind,
              version(models.onnx("paddle-ocr-rec"), LAST_STAGE_OUTPUT),
              LAST_STAGE,
              LINE,
              TEXT_BATCH,
              BATCHES * TEXT_BATCH);
    };
  }

  /** Weights that are trained. */
  long weights() {
    return steps.head().weights().values().stream().mapToLong(values -> values.length).sum();
  }

  private static TrainingWorkload head(Kind kind, PretrainedModels models, int batch) {
    ModelPackage version = version(models.onnx("all-minilm-l6-v2"), null);
    return of(kind, version, 1, new long[] {TOKENS}, batch, HEAD_EXAMPLES);
  }

  private static TrainingWorkload blocks(Kind kind, PretrainedModels models, int last) {
    ModelPackage version = version(models.onnx("all-minilm-l6-v2"), null);
    return of(kind, version, last, new long[] {TOKENS}, TEXT_BATCH, BATCHES * TEXT_BATCH);
  }

  private static ModelPackage version(byte[] onnx, @Nullable String output) {
    ImportRequest request =
        new ImportRequest(
            "bench",
            "bench",
            List.of("negative", "positive"),
            List.of(),
            List.of(),
            output,
            new ImportRequest.NewHead(HIDDEN, HeadInput.STANDARDISED),
            1,
            1,
            null);
    FeatureBinder none = inputs -> new FeatureBinder.Bound(List.of(), List.of());
    return ModelImport.of(onnx, request, none, new OrtRunner()).version();
  }

  /**
   * A workload.
   *
   * @param last segments that train
   * @param open what open axes are, the last ones first known
   */
  private static TrainingWorkload of(
      Kind kind, ModelPackage version, int last, long[] open, int batch, int examples) {
    List<TensorSpec> inputs = Segments.inputs(Segments.last(version.manifest(), last));
    List<List<Long>> dims = new ArrayList<>();
    for (TensorSpec input : inputs) {
      List<Long> row = new ArrayList<>(input.getDims().subList(1, input.getDims().size()));
      int known = 0;
      for (int axis = 0; axis < row.size(); axis++) {
        if (row.get(axis) <= 0) {
          row.set(axis, open[known++]);
        }
      }
      dims.add(row);
    }
    Crossing.Shape shape = new Crossing.Shape(dims);
    Random random = new Random(1);
    float[][] activations = new float[examples][shape.size()];
    int[] classes = new int[examples];
    for (int i = 0; i < examples; i++) {
      fill(activations[i], shape, inputs, random);
      classes[i] = random.nextInt(2);
    }
    float[] weights = new float[examples];
    Arrays.fill(weights, 1);
    TrainingSet set =
        TrainingSet.of(
            Arrays.stream(activations).map(row -> new Crossing(row, shape)).toList(),
            classes,
            weights);
    return new TrainingWorkload(
        kind.name(), new StepSpeed(HeadGraph.of(version, last), set, settings(batch)));
  }

  /** Hidden states are drawn; a mask of ones, and what is added for it, hide nothing. */
  private static void fill(
      float[] row, Crossing.Shape shape, List<TensorSpec> inputs, Random random) {
    int at = 0;
    for (int input = 0; input < inputs.size(); input++) {
      int end = at + shape.size(input);
      boolean drawn = input == 0;
      boolean mask = !inputs.get(input).getType().equals("float");
      for (; at < end; at++) {
        row[at] = drawn ? (float) random.nextGaussian() : mask ? 1 : 0;
      }
    }
  }

  private static TuneSettings settings(int batch) {
    return new TuneSettings(
        1, batch, 1e-4, 0.01, 0.9, 0.999, 1e-8, 0, 1, false, TuneSettings.Start.WARM, 1);
  }
}
