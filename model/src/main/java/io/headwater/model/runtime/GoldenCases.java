package io.headwater.model.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.headwater.model.featurise.Features;
import io.headwater.model.guard.ModelRefusedException;
import io.headwater.model.guard.RefusalReason;
import io.headwater.model.onnx.HostTensor;
import io.headwater.model.pack.GoldenBlobs;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.schemas.GoldenTensor;
import io.headwater.schemas.Goldens;
import io.headwater.schemas.Manifest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Inputs of a model with what it must answer to them before it scores.
 *
 * <p>The cases are one batch of fixed rows, so that a model that depends on its batch repeats its
 * answers as well. They hold the activations at the tap too: the answers of a new head are made
 * from them without the backbone.
 */
public final class GoldenCases {
  /** How many samples are kept, at most. */
  private static final int MOST = 16;

  /** Cases stop at this, so that images don't fill the log; one is kept whatever its size. */
  private static final int ENOUGH_BYTES = 2 << 20;

  /** Other instruction sets sum floats in another order. */
  private static final double TOLERANCE = 1e-3;

  /**
   * Dynamic quantisation rounds at other places on other instruction sets; a batch of another size
   * alone moved a score by 0.016.
   */
  private static final double QUANTISED_TOLERANCE = 0.05;

  private GoldenCases() {}

  /**
   * A blob of cases, from samples spread over the given ones by length.
   *
   * @throws IllegalArgumentException where there is no sample
   */
  public static byte[] of(LoadedModel model, List<Features> samples) {
    if (samples.isEmpty()) {
      throw new IllegalArgumentException("goldens need a sample event");
    }
    for (int rows = Math.min(MOST, samples.size()); ; rows = Math.max(1, rows / 2)) {
      byte[] blob = model.goldens(spread(samples, rows));
      if (blob.length <= ENOUGH_BYTES || rows == 1) {
        return blob;
      }
    }
  }

  /**
   * A blob of cases drawn at random, for a model of whose events nothing is known.
   *
   * @param draw as many rows as it is asked for, by input
   */
  public static byte[] of(LoadedModel model, IntFunction<Map<String, HostTensor>> draw) {
    for (int rows = MOST; ; rows = Math.max(1, rows / 2)) {
      Map<String, OnnxTensor> inputs = OrtRunner.tensors(draw.apply(rows));
      try {
        List<Scored> scored = model.run(inputs, rows, null);
        byte[] blob = blob(inputs, scored.stream().map(Scored::activation).toList());
        if (blob.length <= ENOUGH_BYTES || rows == 1) {
          return blob;
        }
      } finally {
        inputs.values().forEach(OnnxTensor::close);
      }
    }
  }

  /**
   * The version with the outputs that it gives for the cases as a whole, made here and now.
   *
   * @param loaded that version
   * @param cases of its own
   */
  public static ModelPackage seal(ModelPackage version, LoadedModel loaded, byte[] cases) {
    List<GoldenTensor> tensors = GoldenBlobs.read(cases);
    int rows = Math.toIntExact(tensors.get(tensors.size() - 1).getDims().get(0));
    Map<String, OnnxTensor> inputs = tensors(tensors.subList(0, tensors.size() - 1));
    try {
      List<float[]> outputs =
          loaded.run(inputs, rows, null).stream().map(Scored::probabilities).toList();
      byte[] blob = GoldenBlobs.write(List.of(GoldenBlobs.of("scores", outputs)));
      return version.withGoldens(cases, blob, tolerance(version.manifest()));
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  /**
   * The version with the outputs that its head gives for the cases, made here and now.
   *
   * @param cases as {@link #of} makes them, of a version with the same frozen prefix
   * @throws ModelRefusedException where the head's own part is refused
   */
  public static ModelPackage seal(ModelPackage version, byte[] cases) {
    try (Head head = Head.load(version)) {
      // Where nothing is frozen, the cases have no activations.
      if (!head.readsOneActivation() || Segments.frozen(version.manifest()).isEmpty()) {
        return rerun(version, cases);
      }
      List<GoldenTensor> tensors = GoldenBlobs.read(cases);
      float[][] activations = GoldenBlobs.rows(tensors.get(tensors.size() - 1));
      float[][] outputs = head.probabilities(Arrays.asList(activations));
      byte[] blob = GoldenBlobs.write(List.of(GoldenBlobs.of("scores", Arrays.asList(outputs))));
      return version.withGoldens(cases, blob, tolerance(version.manifest()));
    }
  }

  /**
   * The child of a version with goldens, with goldens of its own over the same cases. Where its
   * frozen prefix is another, the whole child is loaded and run.
   */
  public static ModelPackage renew(ModelPackage child, ModelPackage parent) {
    Goldens goldens = parent.manifest().getGoldens();
    if (goldens == null) {
      return child;
    }
    byte[] cases = parent.blobs().get(goldens.getCases());
    boolean samePrefix =
        Segments.prefixDigest(child.manifest()).equals(Segments.prefixDigest(parent.manifest()));
    return samePrefix ? seal(child, cases) : rerun(child, cases);
  }

  /**
   * The version with the outputs that it gives for the inputs of the cases, the frozen prefix run
   * again.
   *
   * @param cases as {@link #of} makes them, of a version with the same inputs
   */
  public static ModelPackage rerun(ModelPackage version, byte[] cases) {
    List<GoldenTensor> held = GoldenBlobs.read(cases);
    int rows = Math.toIntExact(held.get(held.size() - 1).getDims().get(0));
    Map<String, OnnxTensor> inputs = tensors(held.subList(0, held.size() - 1));
    try (LoadedModel model = LoadedModel.load(version)) {
      List<Scored> scored = model.run(inputs, rows, null);
      byte[] renewed = blob(inputs, scored.stream().map(Scored::activation).toList());
      List<float[]> outputs = scored.stream().map(Scored::probabilities).toList();
      return version.withGoldens(
          renewed,
          GoldenBlobs.write(List.of(GoldenBlobs.of("scores", outputs))),
          tolerance(version.manifest()));
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  /** A batch's tensors and activations as a blob. */
  static byte[] blob(Map<String, OnnxTensor> inputs, List<float[]> activations) {
    List<GoldenTensor> tensors = new ArrayList<>();
    inputs.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(input -> tensors.add(golden(input.getKey(), input.getValue())));
    tensors.add(GoldenBlobs.of("activations", activations));
    return GoldenBlobs.write(tensors);
  }

  private static double tolerance(Manifest manifest) {
    return manifest.getBatchInvariant() ? TOLERANCE : QUANTISED_TOLERANCE;
  }

  private static List<Features> spread(List<Features> samples, int rows) {
    List<Features> sorted = new ArrayList<>(samples);
    sorted.sort(Comparator.comparingInt(Features::length));
    return IntStream.range(0, rows)
        .mapToObj(i -> sorted.get((int) ((long) i * sorted.size() / rows)))
        .toList();
  }

  private static GoldenTensor golden(String name, OnnxTensor tensor) {
    OnnxJavaType type = tensor.getInfo().type;
    ByteBuffer bytes = tensor.getByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    byte[] values = new byte[bytes.remaining()];
    bytes.get(values);
    List<Long> dims = Arrays.stream(tensor.getInfo().getShape()).boxed().toList();
    return new GoldenTensor(name, typeName(type), dims, ByteBuffer.wrap(values));
  }

  /**
   * Golden inputs by name; the caller closes them.
   *
   * @throws ModelRefusedException where they are none
   */
  static Map<String, OnnxTensor> tensors(List<GoldenTensor> goldens) {
    Map<String, OnnxTensor> tensors = new HashMap<>();
    try {
      for (GoldenTensor golden : goldens) {
        OnnxTensor before = tensors.put(golden.getName(), tensor(golden));
        if (before != null) {
          before.close();
        }
      }
      return tensors;
    } catch (OrtException | RuntimeException e) {
      tensors.values().forEach(OnnxTensor::close);
      throw new ModelRefusedException(
          RefusalReason.GOLDENS, "the version's golden inputs are no tensors of its inputs", e);
    }
  }

  private static OnnxTensor tensor(GoldenTensor golden) throws OrtException {
    ByteBuffer values = golden.getValues().duplicate();
    ByteBuffer direct =
        ByteBuffer.allocateDirect(values.remaining()).order(ByteOrder.nativeOrder());
    direct.put(values).flip();
    long[] dims = golden.getDims().stream().mapToLong(Long::longValue).toArray();
    OnnxJavaType type = type(golden.getType());
    long count = 1;
    for (long dim : dims) {
      if (dim < 0 || dim > GoldenBlobs.MAX_BYTES) {
        throw new IllegalArgumentException("dims " + golden.getDims());
      }
      count = Math.multiplyExact(count, dim);
    }
    if (count * type.size != direct.remaining()) {
      throw new IllegalArgumentException(
          "'%s' has %d bytes for dims %s"
              .formatted(golden.getName(), direct.remaining(), golden.getDims()));
    }
    return OnnxTensor.createTensor(Ort.environment(), direct, dims, type);
  }

  private static String typeName(OnnxJavaType type) {
    return switch (type) {
      case FLOAT -> "float";
      case INT64 -> "int64";
      case INT32 -> "int32";
      case UINT8 -> "uint8";
      case INT8 -> "int8";
      default -> throw new IllegalArgumentException("no goldens can be made of inputs of " + type);
    };
  }

  private static OnnxJavaType type(String name) {
    return switch (name) {
      case "float" -> OnnxJavaType.FLOAT;
      case "int64" -> OnnxJavaType.INT64;
      case "int32" -> OnnxJavaType.INT32;
      case "uint8" -> OnnxJavaType.UINT8;
      case "int8" -> OnnxJavaType.INT8;
      default -> throw new IllegalArgumentException("goldens hold a tensor of type " + name);
    };
  }
}
