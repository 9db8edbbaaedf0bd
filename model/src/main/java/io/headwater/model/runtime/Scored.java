package io.headwater.model.runtime;

/** What a version answered for one event. */
public final class Scored {
  private final float[] probabilities;
  private final Rows activations;
  private final Rows embeddings;
  private final int row;

  /**
   * One answer of a batch. What an answer holds besides its probabilities is copied when it is
   * asked for, as most never are.
   */
  Scored(float[] probabilities, Rows activations, Rows embeddings, int row) {
    this.probabilities = probabilities;
    this.activations = activations;
    this.embeddings = embeddings;
    this.row = row;
  }

  /** An answer of a version that gives nothing besides. */
  public Scored(float[] probabilities, float[] activation) {
    this(probabilities, new Rows(activation, activation.length), Rows.EMPTY, 0);
  }

  /** One per label, summing to 1; plain values where the version has no labels. */
  public float[] probabilities() {
    return probabilities;
  }

  /**
   * What crosses from the frozen segments to the trainable ones, flattened; empty where nothing
   * does.
   */
  public float[] activation() {
    return activations.row(row);
  }

  /**
   * The vector that stands for the event, flattened: what the version gives besides, or else the
   * activation.
   */
  public float[] vector() {
    return embeddings.width() > 0 ? embeddings.row(row) : activation();
  }
}
