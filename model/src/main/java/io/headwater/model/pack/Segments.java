package io.headwater.model.pack;

import io.headwater.schemas.Feature;
import io.headwater.schemas.Goldens;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Segment;
import io.headwater.schemas.TensorSpec;
import io.headwater.schemas.TextFeature;
import io.headwater.schemas.Weight;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A manifest's chain of segments: its frozen prefix, its trainable rest, and their names. */
public final class Segments {
  /**
   * What an import calls the embedding that it keeps, or this with a number where that is taken.
   */
  public static final String EMBEDDING = "embedding";

  private Segments() {}

  /** The leading segments that no training changes. */
  public static List<Segment> frozen(Manifest manifest) {
    return manifest.getSegments().subList(0, frozenCount(manifest));
  }

  /** The segments behind the frozen prefix; each is trainable. */
  public static List<Segment> trainable(Manifest manifest) {
    List<Segment> rest =
        manifest.getSegments().subList(frozenCount(manifest), manifest.getSegments().size());
    for (Segment segment : rest) {
      if (!segment.getTrainable()) {
        throw new IllegalArgumentException(
            "segment '" + segment.getName() + "' is frozen but stands behind a trainable one");
      }
    }
    return rest;
  }

  /** How many trailing segments are marked as trainable: those behind the logged tap. */
  public static int trainableCount(Manifest manifest) {
    return manifest.getSegments().size() - frozenCount(manifest);
  }

  /**
   * The last segments of the chain.
   *
   * @throws IllegalArgumentException where it has fewer
   */
  public static List<Segment> last(Manifest manifest, int count) {
    return manifest.getSegments().subList(split(manifest, count), manifest.getSegments().size());
  }

  /** The segments in front of the {@linkplain #last last}. */
  public static List<Segment> before(Manifest manifest, int count) {
    return manifest.getSegments().subList(0, split(manifest, count));
  }

  private static int split(Manifest manifest, int count) {
    int size = manifest.getSegments().size();
    if (count < 1 || count > size) {
      throw new IllegalArgumentException(
          "the model has %d segments; its last %d can't be told apart".formatted(size, count));
    }
    return size - count;
  }

  /** What the chain reads and none of its segments gives: the whole model's inputs, in order. */
  public static List<TensorSpec> inputs(List<Segment> chain) {
    Map<String, TensorSpec> inputs = new LinkedHashMap<>();
    Set<String> given = new HashSet<>();
    for (Segment segment : chain) {
      for (TensorSpec input : segment.getInputs()) {
        if (!given.contains(input.getName())) {
          inputs.putIfAbsent(input.getName(), input);
        }
      }
      segment.getOutputs().forEach(output -> given.add(output.getName()));
    }
    return List.copyOf(inputs.values());
  }

  /**
   * What a segment gives that is neither read by another nor scored: the version's embedding, which
   * an import leaves there. Null where there is none.
   */
  public static @Nullable TensorSpec besides(Manifest manifest) {
    Set<String> used = new HashSet<>();
    used.add(manifest.getScored());
    for (Segment segment : manifest.getSegments()) {
      segment.getInputs().forEach(input -> used.add(input.getName()));
    }
    return manifest.getSegments().stream()
        .flatMap(segment -> segment.getOutputs().stream())
        .filter(output -> output.getName().matches(EMBEDDING + "\\d*"))
        .filter(output -> !used.contains(output.getName()) && output.getType().equals("float"))
        .findFirst()
        .orElse(null);
  }

  /** Digest that names the frozen prefix: equal prefixes give equal activations. */
  public static String prefixDigest(Manifest manifest) {
    return digest(frozen(manifest));
  }

  /** Digest over the segments' graphs and weights, in order; their own names don't count. */
  public static String digest(List<Segment> segments) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    try {
      for (Segment segment : segments) {
        out.writeUTF(segment.getGraph());
        out.writeInt(segment.getWeights().size());
        for (Weight weight : segment.getWeights()) {
          out.writeUTF(weight.getName());
          out.writeUTF(weight.getDigest());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a segment's name is longer than 65,535 bytes", e);
    }
    return Digest.of(bytes.toByteArray());
  }

  /** Every blob that the manifest refers to, in ascending order. */
  public static Set<String> references(Manifest manifest) {
    Set<String> references = new TreeSet<>();
    for (Segment segment : manifest.getSegments()) {
      references.add(segment.getGraph());
      segment.getWeights().forEach(weight -> references.add(weight.getDigest()));
    }
    for (Feature feature : manifest.getFeatures()) {
      if (feature.getSpec() instanceof TextFeature text) {
        references.add(text.getTokenizer());
      }
    }
    Goldens goldens = manifest.getGoldens();
    if (goldens != null) {
      references.add(goldens.getCases());
      references.add(goldens.getOutputs());
    }
    String sourceSample = manifest.getSourceSample();
    if (sourceSample != null) {
      references.add(sourceSample);
    }
    String examples = manifest.getLineage().getExamples();
    if (examples != null) {
      references.add(examples);
    }
    references.addAll(SourceHead.weights(manifest.getLineage()).values());
    return references;
  }

  private static int frozenCount(Manifest manifest) {
    int count = 0;
    for (Segment segment : manifest.getSegments()) {
      if (segment.getTrainable()) {
        break;
      }
      count++;
    }
    return count;
  }
}
