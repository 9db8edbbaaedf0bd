package io.headwater.model.runtime;

/**
 * What a version answered for one event.
 *
 * @param probabilities one per label, summing to 1; plain values where the version has no labels
 * @param activation what crosses from the frozen segments to the trainable ones, flattened; empty
 *     where nothing does
 * @param embedding what the version gives besides, flattened; empty where that is nothing
 */
public record Scored(float[] probabilities, float[] activation, float[] embedding) {
  private static final float[] NONE = {};

  /** An answer of a version that gives nothing besides. */
  public Scored(float[] probabilities, float[] activation) {
    this(probabilities, activation, NONE);
  }

  /** The vector that stands for the event: what is given besides, or else the activation. */
  public float[] vector() {
    return embedding.length > 0 ? embedding : activation;
  }
}
