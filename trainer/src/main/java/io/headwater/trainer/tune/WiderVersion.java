package io.headwater.trainer.tune;

import io.headwater.model.onnx.HeadGraphs;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.schemas.Manifest;
import java.util.List;

/** A version whose head has outputs for labels that were added to its pipeline. */
public final class WiderVersion {
  private WiderVersion() {}

  /**
   * The version itself where it knows the labels, or where they are others than its own with more
   * behind them; else one that decides as before and can learn them.
   *
   * @param labels what the pipeline says
   * @throws IllegalArgumentException where its head can't be widened
   */
  public static ModelPackage of(ModelPackage version, List<String> labels) {
    Manifest manifest = version.manifest();
    List<String> known = manifest.getLabels();
    if (labels.size() <= known.size() || !labels.subList(0, known.size()).equals(known)) {
      return version;
    }
    List<String> added = labels.subList(known.size(), labels.size());
    if (Segments.last(manifest, 1).get(0).getOutputs().size() > 1) {
      throw new IllegalArgumentException(
          "the labels %s were added, and the model can't learn them: its last segment gives an embedding besides; import it again with a new head"
              .formatted(added));
    }
    HeadGraph wide;
    try {
      wide =
          new HeadGraph(HeadGraphs.read(version, 1), manifest.getOutput()).widened(labels.size());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the labels %s were added, and the model can't learn them: %s"
              .formatted(added, e.getMessage()),
          e);
    }
    return HeadGraphs.replaced(version, wide.model(), labels);
  }
}
