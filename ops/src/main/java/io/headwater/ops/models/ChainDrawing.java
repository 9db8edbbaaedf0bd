package io.headwater.ops.models;

import io.headwater.model.pack.Digest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Segment;
import io.headwater.schemas.TensorSpec;
import io.headwater.schemas.Weight;
import io.headwater.trainer.tune.SegmentGradients;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A version's chain of segments as lines of text, input side first. */
public final class ChainDrawing {
  private ChainDrawing() {}

  /** The drawing; it reads the segments' graphs and no weights. */
  public static List<String> of(ModelPackage version) {
    Manifest manifest = version.manifest();
    Map<String, Long> bytes = new HashMap<>();
    for (BlobRef blob : manifest.getBlobs()) {
      bytes.put(blob.getDigest(), blob.getBytes());
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s  %s, %s"
            .formatted(
                manifest.getModel(),
                Digest.brief(version.version()),
                megabytes(bytes.values().stream().mapToLong(Long::longValue).sum())));
    Set<String> known = new HashSet<>();
    for (Segment segment : manifest.getSegments()) {
      for (TensorSpec input : segment.getInputs()) {
        if (known.add(input.getName())) {
          lines.add("  in  " + described(input));
        }
      }
      lines.add(line(segment, bytes, version));
      for (TensorSpec output : segment.getOutputs()) {
        known.add(output.getName());
        lines.add("       | " + described(output));
      }
    }
    lines.add(
        "  out %s: %s%s"
            .formatted(
                manifest.getScored(),
                manifest.getOutput().name().toLowerCase(Locale.ROOT),
                manifest.getLabels().isEmpty()
                    ? ""
                    : " of " + String.join(", ", manifest.getLabels())));
    if (!manifest.getTrained()) {
      lines.add("  its head is untrained: headwater train --data trains a first one");
    }
    if (!manifest.getBatchInvariant()) {
      lines.add("  a score depends on its batch (dynamic quantisation)");
    }
    return lines;
  }

  private static String line(Segment segment, Map<String, Long> bytes, ModelPackage version) {
    long weightBytes = 0;
    for (Weight weight : segment.getWeights()) {
      weightBytes += bytes.getOrDefault(weight.getDigest(), 0L);
    }
    String tuning =
        SegmentGradients.refusal(segment, version.blobs())
            .map(reason -> "can't be fine-tuned: " + reason)
            .orElse(segment.getTrainable() ? "is fine-tuned" : "frozen, can be fine-tuned");
    return "  [%-9s] %3d tensors, %9s  %s"
        .formatted(segment.getName(), segment.getWeights().size(), megabytes(weightBytes), tuning);
  }

  private static String described(TensorSpec spec) {
    List<String> dims = new ArrayList<>();
    for (int i = 0; i < spec.getDims().size(); i++) {
      long dim = spec.getDims().get(i);
      dims.add(dim >= 0 ? Long.toString(dim) : i == 0 ? "batch" : "?");
    }
    return "%s %s[%s]".formatted(spec.getName(), spec.getType(), String.join(", ", dims));
  }

  private static String megabytes(long bytes) {
    return bytes < 1_000_000 ? "%.1f kB".formatted(bytes / 1e3) : "%.1f MB".formatted(bytes / 1e6);
  }
}
