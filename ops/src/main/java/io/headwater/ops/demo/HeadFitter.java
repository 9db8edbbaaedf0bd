package io.headwater.ops.demo;

/** Fits a head from scratch, as a reference to hold continual training against. */
interface HeadFitter {
  /** A fitted head. */
  interface Fitted {
    /** The class decided for, per activation. */
    int[] decide(float[][] activations);
  }

  /** Fits to activations and the index of each one's class. */
  Fitted fit(float[][] activations, int[] classes);
}
