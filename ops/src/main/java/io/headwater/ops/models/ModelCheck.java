package io.headwater.ops.models;

import io.headwater.model.onnx.FeatureBinder;
import io.headwater.model.onnx.GraphRunner;
import io.headwater.model.onnx.ImportRequest;
import io.headwater.model.onnx.Imported;
import io.headwater.model.onnx.ModelComparison;
import io.headwater.model.onnx.ModelImport;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.runtime.OrtRunner;
import io.headwater.schemas.Segment;
import io.headwater.trainer.tune.SegmentGradients;
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
   * A file that can be used.
   *
   * @param bytes of the file
   * @param tunable how many of its segments can be fine-tuned
   * @param gradients of the last segment: a relative error, or why there is none
   */
  public record Checked(
      String name,
      long bytes,
      int segments,
      int tunable,
      int weights,
      boolean batchInvariant,
      ModelComparison comparison,
      String gradients,
      List<String> notes)
      implements Row {
    public Checked {
      notes = List.copyOf(notes);
    }

    @Override
    public boolean passed() {
      return comparison.exported() <= TOLERANCE && comparison.chained() <= TOLERANCE;
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
    return new Checked(
        name,
        onnx.length,
        segments.size(),
        tunable,
        weights.size(),
        version.manifest().getBatchInvariant(),
        ModelComparison.of(onnx, imported, EVENTS, runner),
        gradients(version),
        imported.notes());
  }

  private static String gradients(ModelPackage version) {
    List<Segment> segments = version.manifest().getSegments();
    Optional<String> refusal =
        SegmentGradients.refusal(segments.get(segments.size() - 1), version.blobs());
    if (refusal.isPresent()) {
      return refusal.get();
    }
    try {
      OptionalDouble error = SegmentGradients.error(version);
      return error.isPresent()
          ? "%.1e".formatted(error.getAsDouble())
          : "has a rule for each operator; not compared";
    } catch (RuntimeException e) {
      return "not compared: " + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
  }
}
