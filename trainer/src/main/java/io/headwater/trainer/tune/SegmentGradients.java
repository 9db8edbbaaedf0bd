package io.headwater.trainer.tune;

import io.headwater.model.onnx.SegmentGraphs;
import io.headwater.model.pack.Blobs;
import io.headwater.schemas.Segment;
import io.headwater.trainer.gradient.Differentiability;
import java.util.Optional;

/** Whether segments can be fine-tuned. */
public final class SegmentGradients {
  private SegmentGradients() {}

  /** Why a segment can't be fine-tuned, or empty where it can. */
  public static Optional<String> refusal(Segment segment, Blobs blobs) {
    return Differentiability.refusal(SegmentGraphs.skeleton(segment, blobs));
  }
}
