package io.headwater.ops.bench;

import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.schemas.Segment;
import io.headwater.schemas.Weight;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Versions that follow on one another, each with other weights in all its trainable segments. */
final class Successors {
  private static final float STEP = 1e-4f;

  private final Map<String, float[]> weights = new HashMap<>();
  private ModelPackage newest;

  Successors(ModelPackage first) {
    this.newest = first;
    for (Segment segment : Segments.trainable(first.manifest())) {
      for (Weight weight : segment.getWeights()) {
        weights.put(weight.getName(), floats(first.blobs().get(weight.getDigest())));
      }
    }
  }

  /** The next version: every weight a ten thousandth larger. */
  ModelPackage next() {
    for (float[] values : weights.values()) {
      for (int i = 0; i < values.length; i++) {
        values[i] += STEP * Math.max(STEP, Math.abs(values[i]));
      }
    }
    newest = newest.withHeadWeights(weights, newest.manifest().getLineage(), null, List.of());
    return newest;
  }

  private static float[] floats(byte[] bytes) {
    float[] floats = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
    return floats;
  }
}
