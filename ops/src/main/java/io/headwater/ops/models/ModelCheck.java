package io.headwater.ops.models;

import io.headwater.model.onnx.FeatureBinder;
import io.headwater.model.onnx.GraphRunner;
import io.headwater.model.onnx.ImportRequest;
import io.headwater.model.onnx.Imported;
import io.headwater.model.onnx.ModelComparison;
import io.headwater.model.onnx.ModelImport;
import io.headwater.model.onnx.SegmentGraphs;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.runtime.OrtRunner;
import io.headwater.schemas.Segment;
import io.headwater.trainer.tune.SegmentGradients;
import io.headwater.trainer.verify.GradientCheck;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** Puts an ONNX file through everything that Headwater does with models. */
public final class ModelCheck {
  private static final int EVENTS = 32;
  private static final double TOLERANCE = 1e-5;

  /** What became of a file. */
  public sealed interface Row {
    String name();

    boolean passed();
  }

  /**
   * The last segment's gradient against finite differences.
   *
   * @param error relative; empty where it could not be compared
   * @param said the same for people, or why there is none
   */
  public record Gradient(OptionalDouble error, String said) {}

  /**
   * A file that can be used.
   *
   * @param bytes of the file
   * @param tunable how many of its segments can be fine-tuned
   * @param comparison for a model that is not batch-invariant, with every operator run as written:
   *     the runtime's fusions alone move what it quantises
   */
  public record Checked(
      String name,
      long bytes,
      int segments,
      int tunable,
      int weights,
      boolean batchInvariant,
      ModelComparison comparison,
      Gradient gradient,
      List<String> notes)
      implements Row {
    public Checked {
      notes = List.copyOf(notes);
    }

    @Override
    public boolean passed() {
      return comparison.exported() <= TOLERANCE
          && comparison.chained() <= TOLERANCE
          && gradient.error().orElse(0) <= GradientCheck.TOLERANCE;
    }
  }

  /** A file that can't be used, and why. */
  public record Refused(String name, long bytes, String reason) implements Row {
    @Override
    public boolean passed() {
      return false;
    }
  }

  private final GraphRunner runner = new OrtRunner();
  private final GraphRunner asWritten = OrtRunner.asWritten();

  /** Checks a file; whatever is wrong with it becomes a refusal. */
  public Row check(String name, byte[] onnx) {
    try {
      return checked(name, onnx);
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      String said = e.getMessage();
      String reason = said == null || said.isBlank() ? e.getClass().getSimpleName() : said;
      return new Refused(name, onnx.length, reason.lines().findFirst().orElse(reason));
    }
  }

  private Row checked(String name, byte[] onnx) {
    FeatureBinder none = inputs -> new FeatureBinder.Bound(List.of(), List.of());
    Imported imported = ModelImport.of(onnx, ImportRequest.asIs(name), none, runner);
    ModelPackage version = imported.version();
    List<Segment> segments = version.manifest().getSegments();
    Set<String> weights = new HashSet<>();
    int tunable = 0;
    for (Segment segment : segments) {
      segment.getWeights().forEach(weight -> weights.add(weight.getName()));
      tunable += SegmentGradients.refusal(segment, version.blobs()).isEmpty() ? 1 : 0;
    }
    boolean invariant = version.manifest().getBatchInvariant();
    return new Checked(
        name,
        onnx.length,
        segments.size(),
        tunable,
        weights.size(),
        invariant,
        ModelComparison.of(onnx, imported, EVENTS, invariant ? runner : asWritten),
        gradient(version),
        invariant ? imported.notes() : withFused(onnx, imported));
  }

  private List<String> withFused(byte[] onnx, Imported imported) {
    ModelComparison fused = ModelComparison.of(onnx, imported, EVENTS, runner);
    List<String> notes = new ArrayList<>(imported.notes());
    notes.add(
        "compared with every operator run as written; with the runtime's fusions %.1e and %.1e"
            .formatted(fused.exported(), fused.chained()));
    return notes;
  }

  private static Gradient gradient(ModelPackage version) {
    List<Segment> segments = version.manifest().getSegments();
    Segment last = segments.get(segments.size() - 1);
    Optional<String> refusal = SegmentGradients.refusal(last, version.blobs());
    if (refusal.isPresent()) {
      return new Gradient(OptionalDouble.empty(), refusal.get());
    }
    ByteBuffer assembled = SegmentGraphs.assemble(last, version.blobs());
    byte[] onnx = new byte[assembled.remaining()];
    assembled.get(onnx);
    try {
      GradientCheck check = GradientCheck.of(onnx);
      double error = check.error().orElse(Double.POSITIVE_INFINITY);
      return Double.isInfinite(error)
          ? new Gradient(OptionalDouble.empty(), "nothing to compare: the gradient is zero")
          : new Gradient(OptionalDouble.of(error), "%.1e".formatted(error));
    } catch (RuntimeException e) {
      String said = String.valueOf(e.getMessage());
      return new Gradient(
          OptionalDouble.empty(), "not compared: " + said.lines().findFirst().orElse(said));
    }
  }
}
