package io.headwater.model.runtime;

import ai.onnxruntime.OnnxTensor;
import io.headwater.model.featurise.Features;
import io.headwater.model.guard.ModelRefusedException;
import io.headwater.model.guard.RefusalReason;
import io.headwater.model.pack.Blobs;
import io.headwater.model.pack.GoldenBlobs;
import io.headwater.model.pack.Segments;
import io.headwater.schemas.GoldenTensor;
import io.headwater.schemas.Goldens;
import io.headwater.schemas.TensorSpec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The first runs of a version, in time: its goldens, or one event of zeros where it has none.
 *
 * <p>A frozen prefix is run once: where another loaded version with the same one passed, and one
 * value of a fixed size crosses from it, only what is new runs, on the activations that the goldens
 * hold. Where more crosses, the whole is run on the first few cases, if their answers do not depend
 * on the batch. So a new head takes next to nothing from those who score meanwhile.
 */
final class Proof {
  private static final int WARM_UP_TOKENS = 8;

  /** Cases of a version of which only the trainable part is new. */
  private static final int FEW = 2;

  private final LoadedModel model;
  private final Duration limit;

  private Proof(LoadedModel model, Duration limit) {
    this.model = model;
    this.limit = limit;
  }

  /**
   * Runs a version.
   *
   * @param limit for each run
   * @throws ModelRefusedException where it does not answer its goldens, or not in time
   * @throws InferenceException where it has none and can't be run
   */
  static void of(LoadedModel model, Blobs blobs, Duration limit) {
    Proof proof = new Proof(model, limit);
    Goldens goldens = model.manifest().getGoldens();
    if (goldens == null) {
      proof.warmUp();
    } else {
      proof.ask(goldens, blobs);
    }
  }

  private void warmUp() {
    TensorSpec crossing = knownCrossing();
    if (crossing != null) {
      float[][] none = new float[1][model.tap().width()];
      float[][] unused = last(crossing, none);
      return;
    }
    List<Features> one = List.of(model.featuriser().layout().zeros(WARM_UP_TOKENS));
    try (InputBatch inputs = InputBatch.of(model.featuriser().layout(), one)) {
      float[][] unused = whole(inputs.tensors(), 1);
    }
  }

  private void ask(Goldens goldens, Blobs blobs) {
    List<GoldenTensor> cases;
    float[][] expected;
    float[][] activations;
    TensorSpec crossing = knownCrossing();
    try {
      cases = GoldenBlobs.read(blobs.get(goldens.getCases()));
      List<GoldenTensor> outputs = GoldenBlobs.read(blobs.get(goldens.getOutputs()));
      if (cases.size() < 2 || outputs.size() != 1) {
        throw differs("the version's goldens hold no inputs or no outputs");
      }
      expected = GoldenBlobs.rows(outputs.get(0));
      activations =
          crossing == null ? new float[0][] : GoldenBlobs.rows(cases.get(cases.size() - 1));
    } catch (ModelRefusedException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new ModelRefusedException(RefusalReason.GOLDENS, "the version's " + e.getMessage(), e);
    }
    try {
      List<GoldenTensor> inputs = cases.subList(0, cases.size() - 1);
      int rows = expected.length;
      if (crossing == null && isFewEnough() && areByRow(inputs, rows)) {
        inputs = first(FEW, rows, inputs);
        rows = Math.min(FEW, rows);
      }
      float[][] answered = crossing == null ? wholeOf(inputs, rows) : last(crossing, activations);
      compare(Arrays.copyOf(expected, rows), answered, goldens.getTolerance());
    } catch (InferenceException e) {
      throw new ModelRefusedException(
          RefusalReason.GOLDENS, "the version's goldens can't be run: " + e.getMessage(), e);
    }
  }

  /** Whether the prefix is known, and a case is answered alike in a batch of any size. */
  private boolean isFewEnough() {
    return model.isPrefixProven() && model.manifest().getBatchInvariant();
  }

  private static boolean areByRow(List<GoldenTensor> inputs, int rows) {
    return inputs.stream()
        .allMatch(
            input ->
                !input.getDims().isEmpty()
                    && input.getDims().get(0) == rows
                    && input.getValues().remaining() % rows == 0);
  }

  /**
   * The first of the cases.
   *
   * @param few how many; all where there are no more
   * @param rows how many there are, one row of each input for each
   */
  static List<GoldenTensor> first(int few, int rows, List<GoldenTensor> inputs) {
    if (few >= rows) {
      return inputs;
    }
    List<GoldenTensor> first = new ArrayList<>();
    for (GoldenTensor input : inputs) {
      List<Long> dims = new ArrayList<>(input.getDims());
      dims.set(0, (long) few);
      ByteBuffer values = input.getValues();
      int bytes = values.remaining() / rows * few;
      first.add(
          new GoldenTensor(
              input.getName(), input.getType(), dims, values.slice(values.position(), bytes)));
    }
    return first;
  }

  private float[][] wholeOf(List<GoldenTensor> cases, int rows) {
    Map<String, OnnxTensor> inputs = GoldenCases.tensors(cases);
    try {
      return whole(inputs, rows);
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private float[][] whole(Map<String, OnnxTensor> inputs, int rows) {
    return TimeLimit.within("the version", limit, options -> model.run(inputs, rows, options))
        .stream()
        .map(Scored::probabilities)
        .toArray(float[][]::new);
  }

  /** The answers of the trainable part alone. */
  private float[][] last(TensorSpec crossing, float[][] activations) {
    int width = model.tap().width();
    float[] values = new float[Math.multiplyExact(activations.length, width)];
    for (int row = 0; row < activations.length; row++) {
      if (activations[row].length != width) {
        throw differs(
            "golden case %d has %d activations where the trainable part reads %d"
                .formatted(row, activations[row].length, width));
      }
      System.arraycopy(activations[row], 0, values, row * width, width);
    }
    long[] dims = crossing.getDims().stream().mapToLong(Long::longValue).toArray();
    dims[0] = activations.length;
    try (OnnxTensor tensor = Cells.tensor(crossing, values, dims)) {
      return TimeLimit.within(
          "the version",
          limit,
          options ->
              model.runLast(Map.of(crossing.getName(), tensor), activations.length, options));
    }
  }

  /** What crosses from a prefix that is known to be sound, where that is all the rest reads. */
  private @Nullable TensorSpec knownCrossing() {
    TensorSpec activation = model.tap().activation();
    if (activation == null || model.tap().width() == Tap.ANY || !model.isPrefixProven()) {
      return null;
    }
    List<TensorSpec> read = Segments.inputs(Segments.trainable(model.manifest()));
    return read.size() == 1 && read.get(0).getName().equals(activation.getName())
        ? activation
        : null;
  }

  private static void compare(float[][] expected, float[][] answered, double tolerance) {
    for (int row = 0; row < expected.length; row++) {
      if (row >= answered.length || !isClose(expected[row], answered[row], tolerance)) {
        String given = row < answered.length ? Arrays.toString(answered[row]) : "nothing";
        throw differs(
            "golden case %d: the version answers %s where %s is expected (within %s)"
                .formatted(row, given, Arrays.toString(expected[row]), tolerance));
      }
    }
  }

  private static boolean isClose(float[] expected, float[] answered, double tolerance) {
    boolean close = expected.length == answered.length;
    for (int i = 0; close && i < expected.length; i++) {
      close = Math.abs(expected[i] - answered[i]) <= tolerance * Math.max(1, Math.abs(expected[i]));
    }
    return close;
  }

  private static ModelRefusedException differs(String problem) {
    return new ModelRefusedException(
        RefusalReason.GOLDENS,
        problem + "; publish it again, from a machine and runtime like those that score");
  }
}
