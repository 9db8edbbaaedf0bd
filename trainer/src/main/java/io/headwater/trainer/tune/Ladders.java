package io.headwater.trainer.tune;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import io.headwater.model.onnx.EarlierTap;
import io.headwater.model.onnx.HeadGraphs;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Segment;
import io.headwater.schemas.TensorSpec;
import io.headwater.schemas.Weight;
import io.headwater.trainer.gradient.Differentiability;
import io.headwater.trainer.gradient.Tensors;
import io.headwater.trainer.plan.Depth;
import io.headwater.trainer.plan.Ladder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The depths at which a version can be trained. */
public final class Ladders {
  private static final Set<String> CROSS = Set.of("float", "int64", "int32", "bool");
  private static final String NO_WEIGHTS = "no float weights";

  private Ladders() {}

  /**
   * Reads the segments' graphs, from the last to the first that has no gradient; no weights are
   * fetched.
   *
   * @throws IllegalArgumentException where the version has no trainable segment
   */
  public static Ladder of(ModelPackage version) {
    Manifest manifest = version.manifest();
    int head = Segments.trainableCount(manifest);
    if (head == 0) {
      throw new IllegalArgumentException("the version has no trainable segment");
    }
    int all = manifest.getSegments().size();
    List<Depth> depths = new ArrayList<>();
    String stop = "";
    for (int last = head; last <= all && stop.isEmpty(); last++) {
      String first = manifest.getSegments().get(all - last).getName();
      ModelProto graph = HeadGraphs.skeleton(version, last);
      Optional<String> refusal =
          Differentiability.refusal(graph).filter(r -> !r.equals(NO_WEIGHTS));
      if (last > head && refusal.isPresent()) {
        stop =
            "it goes no deeper than %d, as '%s' has %s".formatted(last - 1, first, refusal.get());
      } else if (last == head || uncrossable(manifest, last).isEmpty()) {
        depths.add(new Depth(last, weights(manifest, last, graph.getGraph())));
      }
    }
    int deepest = depths.get(depths.size() - 1).segments();
    if (stop.isEmpty() && deepest < all) {
      stop =
          "it goes no deeper than %d, as %s"
              .formatted(deepest, uncrossable(manifest, deepest + 1).orElse("that is all"));
    }
    return new Ladder(depths, all, stop, taps(manifest), EarlierTap.inFront(manifest));
  }

  /** Where a linear head could tap the version. */
  private static List<Ladder.Tap> taps(Manifest manifest) {
    List<Ladder.Tap> taps = new ArrayList<>();
    for (int kept = 1; kept < EarlierTap.inFront(manifest); kept++) {
      if (EarlierTap.refusal(manifest, kept).isEmpty()) {
        long width = EarlierTap.width(manifest, kept);
        taps.add(new Ladder.Tap(kept, (width + 1) * manifest.getLabels().size() + 2 * width));
      }
    }
    return taps;
  }

  /** Why what the last segments read can't be kept for each example; empty where it can. */
  private static Optional<String> uncrossable(Manifest manifest, int last) {
    for (TensorSpec spec : Segments.inputs(Segments.last(manifest, last))) {
      if (!CROSS.contains(spec.getType())) {
        return Optional.of("'" + spec.getName() + "' of type " + spec.getType() + " crosses there");
      }
      if (spec.getDims().isEmpty() || spec.getDims().get(0) > 0) {
        return Optional.of("'" + spec.getName() + "', which crosses there, has no batch axis");
      }
    }
    return Optional.empty();
  }

  private static long weights(Manifest manifest, int last, GraphProto graph) {
    Set<String> tied = new HashSet<>();
    for (Segment segment : Segments.before(manifest, last)) {
      segment.getWeights().stream().map(Weight::getName).forEach(tied::add);
    }
    return TrainableWeights.of(graph).entrySet().stream()
        .filter(weight -> !tied.contains(weight.getKey()))
        .mapToLong(weight -> Tensors.size(Tensors.dims(weight.getValue())))
        .sum();
  }
}
