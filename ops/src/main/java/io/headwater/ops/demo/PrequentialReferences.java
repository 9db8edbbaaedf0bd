package io.headwater.ops.demo;

import java.util.Arrays;

/**
 * What simpler ways would have answered, event by event, knowing no label before the live model
 * did.
 *
 * <p>Pure, but for what the fitter does.
 *
 * @param source what the first version was trained on; its labels are known from the start
 * @param stream the events in the order in which they were produced
 * @param labelDelay at event i the labels of the events before i - labelDelay are known
 */
record PrequentialReferences(Known source, Known stream, int labelDelay) {
  /** Activations and the index of each one's class. */
  record Known(float[][] activations, int[] classes) {
    Known {
      if (activations.length != classes.length) {
        throw new IllegalArgumentException(
            activations.length + " activations and " + classes.length + " classes don't pair up");
      }
    }

    int size() {
      return classes.length;
    }
  }

  /** Whether the majority of the labels known at each event was right on it. */
  boolean[] majority(int classes) {
    boolean[] right = new boolean[stream.size()];
    int[] counts = new int[classes];
    for (int label : source.classes()) {
      counts[label]++;
    }
    for (int i = 0; i < right.length; i++) {
      if (i > labelDelay) {
        counts[stream.classes()[i - labelDelay - 1]]++;
      }
      right[i] = stream.classes()[i] == largest(counts);
    }
    return right;
  }

  /**
   * Whether a head that is fitted from scratch to the newest known labels was right on each event.
   *
   * @param window newest known labels that it is fitted to
   * @param every events between two fits
   */
  boolean[] refit(HeadFitter fitter, int window, int every) {
    boolean[] right = new boolean[stream.size()];
    HeadFitter.Fitted fitted = null;
    int fittedTo = -1;
    for (int from = 0; from < right.length; from += every) {
      int known = source.size() + Math.max(0, from - labelDelay);
      if (fitted == null || known > fittedTo) {
        Known newest = newest(known, window);
        fitted = fitter.fit(newest.activations(), newest.classes());
        fittedTo = known;
      }
      int to = Math.min(right.length, from + every);
      int[] decided = fitted.decide(Arrays.copyOfRange(stream.activations(), from, to));
      for (int i = from; i < to; i++) {
        right[i] = decided[i - from] == stream.classes()[i];
      }
    }
    return right;
  }

  /** Of the first {@code known} labels of source and stream, the newest. */
  private Known newest(int known, int window) {
    int from = Math.max(0, known - window);
    float[][] activations = new float[known - from][];
    int[] classes = new int[known - from];
    for (int i = from; i < known; i++) {
      boolean old = i < source.size();
      int index = old ? i : i - source.size();
      Known part = old ? source : stream;
      activations[i - from] = part.activations()[index];
      classes[i - from] = part.classes()[index];
    }
    return new Known(activations, classes);
  }

  private static int largest(int[] counts) {
    int best = 0;
    for (int i = 1; i < counts.length; i++) {
      if (counts[i] > counts[best]) {
        best = i;
      }
    }
    return best;
  }
}
