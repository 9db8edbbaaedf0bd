package io.headwater.ops.bench.transfer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A logistic regression over which words a text has: what one would do without a pre-trained model.
 * Batch gradient descent on the mean loss with an L2 penalty.
 */
final class BagOfWords {
  private static final Pattern WORD = Pattern.compile("[^\\p{L}\\p{N}']+");
  private static final int STEPS = 300;
  private static final double RATE = 2;
  private static final double PENALTY = 1e-3;

  private final Map<String, Integer> words = new HashMap<>();
  private final double[] weights;
  private double bias;

  private BagOfWords(List<String> texts) {
    texts.forEach(text -> words(text).forEach(word -> words.putIfAbsent(word, words.size())));
    this.weights = new double[words.size()];
  }

  /** Fits to texts of two classes, 0 and 1. */
  static BagOfWords fit(List<String> texts, int[] classes) {
    BagOfWords fitted = new BagOfWords(texts);
    List<int[]> rows = texts.stream().map(fitted::known).toList();
    double[] slopes = new double[fitted.weights.length];
    for (int step = 0; step < STEPS; step++) {
      Arrays.fill(slopes, 0);
      double all = 0;
      for (int i = 0; i < classes.length; i++) {
        double error = (fitted.probability(rows.get(i)) - classes[i]) / classes.length;
        all += error;
        for (int word : rows.get(i)) {
          slopes[word] += error;
        }
      }
      fitted.bias -= RATE * all;
      for (int word = 0; word < slopes.length; word++) {
        fitted.weights[word] -= RATE * (slopes[word] + PENALTY * fitted.weights[word]);
      }
    }
    return fitted;
  }

  /** The likelier class. */
  int decide(String text) {
    return probability(known(text)) > 0.5 ? 1 : 0;
  }

  private double probability(int[] has) {
    double logit = bias;
    for (int word : has) {
      logit += weights[word];
    }
    return 1 / (1 + Math.exp(-logit));
  }

  private int[] known(String text) {
    return words(text).stream()
        .mapToInt(word -> words.getOrDefault(word, -1))
        .filter(word -> word >= 0)
        .toArray();
  }

  private static List<String> words(String text) {
    return WORD.splitAsStream(text.toLowerCase(Locale.ROOT))
        .filter(word -> !word.isEmpty())
        .distinct()
        .toList();
  }
}
