package io.headwater.ops.registry;

import io.headwater.model.onnx.Thresholds;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.Manifests;
import io.headwater.model.pack.Segments;
import io.headwater.schemas.CategoricalFeature;
import io.headwater.schemas.Feature;
import io.headwater.schemas.Goldens;
import io.headwater.schemas.ImageFeature;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Metric;
import io.headwater.schemas.NumericColumn;
import io.headwater.schemas.NumericFeature;
import io.headwater.schemas.OutputKind;
import io.headwater.schemas.Segment;
import io.headwater.schemas.Setting;
import io.headwater.schemas.TensorSpec;
import io.headwater.schemas.TextFeature;
import io.headwater.schemas.Threshold;
import io.headwater.schemas.VectorFeature;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A manifest in words. */
public final class ManifestText {
  private static final int LABELS_SHOWN = 12;

  private final Manifest manifest;
  private final List<String> lines = new ArrayList<>();

  private ManifestText(Manifest manifest) {
    this.manifest = manifest;
  }

  /** The lines that describe it. */
  public static List<String> of(Manifest manifest) {
    ManifestText text = new ManifestText(manifest);
    text.head();
    text.segments();
    text.features();
    text.training();
    return List.copyOf(text.lines);
  }

  private void head() {
    Sizes sizes = Sizes.of(manifest);
    lines.add("version   " + Manifests.version(manifest));
    lines.add("pipeline  " + manifest.getPipeline());
    lines.add("model     " + manifest.getModel());
    lines.add(
        "size      %s in %d blobs"
            .formatted(Sizes.shown(sizes.total()), manifest.getBlobs().size()));
    lines.add("head      " + head(manifest));
    boolean numbers = manifest.getOutput() == OutputKind.VALUES;
    lines.add("labels    " + (numbers ? "numbers" : labels()));
    lines.add(
        "output    %s, from '%s'%s"
            .formatted(
                manifest.getOutput().name().toLowerCase(Locale.ROOT),
                manifest.getScored(),
                manifest.getBatchInvariant()
                    ? ""
                    : "; a score depends on its batch (dynamic quantisation)"));
    TensorSpec embedding = Segments.besides(manifest);
    if (embedding != null) {
      lines.add("embedding " + tensors(List.of(embedding)));
    }
    for (Threshold threshold : manifest.getThresholds()) {
      lines.add(
          "%s %s at %s"
              .formatted(
                  numbers ? "level    " : "threshold",
                  threshold.getLabel(),
                  threshold.getProbability() == Thresholds.LOWEST
                      ? "anything below"
                      : threshold.getProbability()));
    }
    Goldens goldens = manifest.getGoldens();
    lines.add(
        "goldens   "
            + (goldens == null
                ? "none"
                : "%s, within %s"
                    .formatted(Digest.brief(goldens.getOutputs()), goldens.getTolerance())));
    String sample = manifest.getSourceSample();
    lines.add(
        "source    "
            + (sample == null
                ? "no sample of the source task: similarity is unknown, so only the head trains"
                : "sample " + Digest.brief(sample)));
  }

  static String head(Manifest manifest) {
    return manifest.getTrained() ? "trained" : "untrained: only stage candidate takes it";
  }

  private String labels() {
    List<String> labels = manifest.getLabels();
    String shown = labels.stream().limit(LABELS_SHOWN).collect(Collectors.joining(", "));
    return labels.size() > LABELS_SHOWN ? shown + ", ... (" + labels.size() + ")" : shown;
  }

  private void segments() {
    Sizes sizes = Sizes.of(manifest);
    lines.add("");
    Table table = new Table("SEGMENT", "TRAINS", "WEIGHTS", "SIZE", "GRAPH", "IN", "OUT");
    for (Segment segment : manifest.getSegments()) {
      table.add(
          segment.getName(),
          segment.getTrainable() ? "yes" : "no",
          String.valueOf(segment.getWeights().size()),
          Sizes.shown(sizes.of(segment)),
          Digest.brief(segment.getGraph()),
          tensors(segment.getInputs()),
          tensors(segment.getOutputs()));
    }
    lines.addAll(table.lines());
  }

  private static String tensors(List<TensorSpec> tensors) {
    return tensors.stream()
        .map(
            tensor ->
                tensor.getName()
                    + tensor.getDims().stream()
                        .map(dim -> dim < 0 ? "?" : dim.toString())
                        .collect(Collectors.joining(",", "[", "]")))
        .collect(Collectors.joining(" "));
  }

  private void features() {
    lines.add("");
    Table table = new Table("FEATURE", "MADE OF");
    for (Feature feature : manifest.getFeatures()) {
      table.add(feature.getName(), spec(feature.getSpec()));
    }
    lines.addAll(table.lines());
  }

  private static String spec(Object spec) {
    if (spec instanceof TextFeature text) {
      return "text of %s, at most %d tokens, tokenizer %s"
          .formatted(
              String.join(" + ", text.getFields()),
              text.getMaxTokens(),
              Digest.brief(text.getTokenizer()));
    }
    if (spec instanceof NumericFeature numeric) {
      return "numbers %s, for %s"
          .formatted(
              numeric.getColumns().stream()
                  .map(NumericColumn::getField)
                  .collect(Collectors.joining(", ")),
              numeric.getInput());
    }
    if (spec instanceof CategoricalFeature category) {
      return "category of %s, %s, for %s"
          .formatted(
              category.getField(),
              category.getBuckets() > 0
                  ? category.getBuckets() + " hash buckets"
                  : category.getVocabulary().size() + " known values",
              category.getInput());
    }
    if (spec instanceof ImageFeature image) {
      return "image of %s, %dx%d %s %s, for %s"
          .formatted(
              image.getField(),
              image.getWidth(),
              image.getHeight(),
              image.getChannels(),
              image.getLayout(),
              image.getInput());
    }
    if (spec instanceof VectorFeature vector) {
      return "vector of %s, %s, for %s"
          .formatted(vector.getField(), vector.getDims(), vector.getInput());
    }
    return String.valueOf(spec);
  }

  private void training() {
    Lineage lineage = manifest.getLineage();
    lines.add("");
    String parent = lineage.getParent();
    lines.add("parent    " + (parent == null ? "none" : parent));
    lines.add("freeze    %s: %s".formatted(lineage.getFreeze(), lineage.getFreezeReason()));
    String examples = lineage.getExamples();
    lines.add(
        "examples  %,d%s, seed %d"
            .formatted(
                lineage.getExampleCount(),
                examples == null ? "" : ", listed in " + Digest.brief(examples),
                lineage.getSeed()));
    lines.add("settings  " + settings(lineage.getSettings()));
    lines.add("runtime   " + settings(lineage.getRuntime()));
    for (Metric metric : manifest.getMetrics()) {
      lines.add(
          String.format(Locale.ROOT, "metric    %s %.4f", metric.getName(), metric.getValue()));
    }
  }

  private static String settings(List<Setting> settings) {
    return settings.isEmpty()
        ? "none"
        : settings.stream()
            .map(setting -> setting.getName() + "=" + setting.getValue())
            .collect(Collectors.joining(", "));
  }
}
