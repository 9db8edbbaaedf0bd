package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.OutputKind;
import io.headwater.schemas.Segment;
import io.headwater.schemas.TensorSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A version whose head taps the backbone earlier: its first segments, the mean over tokens or
 * pixels, and a new head. The segments behind the tap fall out.
 *
 * <p>The first segments keep their digests, so that scorers run them once for both versions. The
 * mean is a segment of its own without weights: what crosses to the head is one row per event.
 */
public final class EarlierTap {
  private static final String POOLING = "pooling";
  private static final String HEAD = "head";
  private static final int IMAGE = 4;
  private static final int ROWS = 2;

  private final ModelPackage version;
  private final List<Segment> kept;
  private final TensorSpec tapped;

  private EarlierTap(ModelPackage version, List<Segment> kept, TensorSpec tapped) {
    this.version = version;
    this.kept = kept;
    this.tapped = tapped;
  }

  /**
   * How many of a version's segments stand in front of its head; the mean over tokens or pixels
   * that an earlier tap put there does not count.
   */
  public static int inFront(Manifest manifest) {
    List<Segment> front =
        manifest
            .getSegments()
            .subList(0, manifest.getSegments().size() - Segments.trainableCount(manifest));
    boolean pooled = !front.isEmpty() && front.get(front.size() - 1).getWeights().isEmpty();
    return pooled ? front.size() - 1 : front.size();
  }

  /** Why no head can tap a version behind so many segments; empty where one can. */
  public static Optional<String> refusal(Manifest manifest, int kept) {
    int front = inFront(manifest);
    if (kept < 1 || kept >= front) {
      return Optional.of(
          "%d segments stand in front of the head, and a tap keeps fewer, and one at least"
              .formatted(front));
    }
    if (manifest.getLabels().size() < 2 || manifest.getOutput() == OutputKind.VALUES) {
      return Optional.of("the model answers values, and a new head answers labels");
    }
    List<Segment> first = manifest.getSegments().subList(0, kept);
    TensorSpec embedding = Segments.besides(manifest);
    if (embedding != null
        && first.stream().noneMatch(segment -> segment.getOutputs().contains(embedding))) {
      return Optional.of("the embedding that scores carry is made behind it");
    }
    TensorSpec tapped = tapped(manifest, kept);
    if (tapped == null) {
      return Optional.of(
          "what crosses behind '%s' is no float value of [batch, width], [batch, tokens, width] or"
                  .formatted(first.get(kept - 1).getName())
              + " [batch, channels, height, width]");
    }
    Set<String> wanted = names(Segments.inputs(manifest.getSegments()));
    wanted.removeAll(names(Segments.inputs(first)));
    return wanted.isEmpty()
        ? Optional.empty()
        : Optional.of("the segments in front of the tap don't read " + wanted);
  }

  /** How many values cross to a head that taps a version behind so many segments. */
  public static long width(Manifest manifest, int kept) {
    TensorSpec tapped = tapped(manifest, kept);
    return tapped == null ? 0 : width(tapped);
  }

  /**
   * The version with a head that is not trained yet.
   *
   * @param kept how many leading segments stay
   * @param hidden width of the head's hidden layer; 0 makes it linear
   * @param seed of the head's weights
   * @throws IllegalArgumentException where {@link #refusal} has a reason
   */
  public static ModelPackage of(
      ModelPackage version, int kept, int hidden, HeadInput input, long seed) {
    Manifest manifest = version.manifest();
    TensorSpec tapped = tapped(manifest, kept);
    Optional<String> refusal = refusal(manifest, kept);
    if (refusal.isPresent() || tapped == null) {
      throw new IllegalArgumentException(
          "tap:%d is not possible: %s".formatted(kept, refusal.orElse("nothing crosses there")));
    }
    List<Segment> first = manifest.getSegments().subList(0, kept);
    return new EarlierTap(version, first, tapped).made(hidden, input, seed);
  }

  private ModelPackage made(int hidden, HeadInput input, long seed) {
    Manifest manifest = version.manifest();
    ModelProto last = SegmentGraphs.skeleton(kept.get(kept.size() - 1), version.blobs());
    List<Segment> segments = new ArrayList<>();
    for (Segment segment : kept) {
      segments.add(Segment.newBuilder(segment).setTrainable(false).build());
    }
    List<byte[]> fresh = new ArrayList<>();
    TensorSpec rows = tapped;
    if (tapped.getDims().size() > ROWS) {
      ModelProto pooling = pooling(last);
      SegmentGraphs.Parts parts = SegmentGraphs.split(unused(POOLING), pooling, false);
      segments.add(parts.segment());
      fresh.addAll(parts.blobs());
      rows = Specs.of(pooling.getGraph().getOutput(0));
    }
    String name = unused(HEAD);
    ModelProto head =
        HeadGraphs.create(
            prefix() + ".head",
            prefix() + ".logits",
            rows,
            hidden,
            manifest.getLabels().size(),
            input,
            seed,
            ModelReader.opset(last));
    SegmentGraphs.Parts parts = SegmentGraphs.split(name, head, true);
    segments.add(parts.segment());
    fresh.addAll(parts.blobs());
    Manifest draft =
        Manifest.newBuilder(manifest)
            .setSegments(segments)
            .setOutput(OutputKind.LOGITS)
            .setScored(head.getGraph().getOutput(0).getName())
            .build();
    return version.withSegments(draft, fresh);
  }

  private ModelProto pooling(ModelProto last) {
    GraphProto.Builder graph =
        GraphProto.newBuilder().setName(POOLING).addInput(value(last, tapped.getName()));
    Pooling pooling = new Pooling(graph, ModelReader.opset(last), prefix());
    String pooled;
    if (tapped.getDims().size() == IMAGE) {
      pooled = pooling.imageMean(tapped.getName());
    } else {
      ValueInfoProto mask = mask();
      if (mask != null) {
        graph.addInput(mask);
      }
      pooled =
          mask == null
              ? pooling.mean(tapped.getName())
              : pooling.maskedMean(tapped.getName(), mask.getName());
    }
    graph.addOutput(Specs.rows(pooled, width(tapped)));
    return ModelProto.newBuilder(last).setGraph(graph).build();
  }

  /** The model's own mask of tokens, where it has one. */
  private @Nullable ValueInfoProto mask() {
    Set<String> inputs = names(Segments.inputs(kept));
    return kept.stream()
        .flatMap(
            segment ->
                SegmentGraphs.skeleton(segment, version.blobs()).getGraph().getInputList().stream())
        .filter(value -> inputs.contains(value.getName()))
        .filter(value -> value.getName().toLowerCase(Locale.ROOT).contains("mask"))
        .filter(value -> Specs.of(value).getDims().size() == 2)
        .findFirst()
        .orElse(null);
  }

  /** Begins the names of what is added; the same for the same tap. */
  private String prefix() {
    return "tap-" + kept.size();
  }

  private String unused(String name) {
    Set<String> taken = kept.stream().map(Segment::getName).collect(Collectors.toSet());
    return Stream.iterate(1, i -> i + 1)
        .map(i -> i == 1 ? name : name + i)
        .filter(variant -> !taken.contains(variant))
        .findFirst()
        .orElseThrow();
  }

  private static ValueInfoProto value(ModelProto model, String name) {
    return model.getGraph().getOutputList().stream()
        .filter(output -> output.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no segment gives '" + name + "'"));
  }

  /** The first value that the first segment behind the tap reads of the one in front of it. */
  private static @Nullable TensorSpec tapped(Manifest manifest, int kept) {
    Segment front = manifest.getSegments().get(kept - 1);
    Map<String, TensorSpec> given = new HashMap<>();
    front.getOutputs().forEach(output -> given.put(output.getName(), output));
    return manifest.getSegments().get(kept).getInputs().stream()
        .map(input -> given.get(input.getName()))
        .filter(spec -> spec != null && spec.getType().equals("float"))
        .filter(spec -> spec.getDims().size() >= ROWS && spec.getDims().size() <= IMAGE)
        .filter(spec -> spec.getDims().get(0) < 0 && width(spec) > 0)
        .findFirst()
        .orElse(null);
  }

  private static long width(TensorSpec spec) {
    int rank = spec.getDims().size();
    return spec.getDims().get(rank == IMAGE ? 1 : rank - 1);
  }

  private static Set<String> names(List<TensorSpec> specs) {
    Set<String> names = new HashSet<>();
    specs.forEach(spec -> names.add(spec.getName()));
    return names;
  }
}
