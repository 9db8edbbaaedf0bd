package io.headwater.model.runtime;

import io.headwater.model.pack.ModelPackage;
import java.util.List;

/** The trainable segments of a version alone: from activations at the tap to probabilities. */
public final class Head implements AutoCloseable {
  private Head() {}

  /** Fetches and loads only the trainable segments. */
  public static Head load(ModelPackage version) {
    throw new UnsupportedOperationException("not written");
  }

  /** Digest that names the frozen prefix whose activations this head reads. */
  public String prefixDigest() {
    throw new UnsupportedOperationException("not written");
  }

  /** Probabilities, one row per activation. */
  public float[][] probabilities(List<float[]> activations) {
    throw new UnsupportedOperationException("not written");
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException("not written");
  }
}
