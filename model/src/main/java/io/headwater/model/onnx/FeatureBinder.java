package io.headwater.model.onnx;

import io.headwater.schemas.Feature;
import io.headwater.schemas.TensorSpec;
import java.util.List;

/** Says how events become a model's inputs, once the inputs are known. */
public interface FeatureBinder {
  /** Features of a manifest, and the blobs that they refer to. */
  record Bound(List<Feature> features, List<byte[]> blobs) {
    public Bound {
      features = List.copyOf(features);
      blobs = List.copyOf(blobs);
    }
  }

  /**
   * Binds features to every input.
   *
   * @throws IllegalArgumentException naming what does not fit
   */
  Bound bind(List<TensorSpec> inputs);
}
