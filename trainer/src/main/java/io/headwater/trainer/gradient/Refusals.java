package io.headwater.trainer.gradient;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Operators that have no gradient here on purpose, each with the reason that a user reads. */
final class Refusals {
  private static final Map<Set<String>, String> REASONS =
      Map.of(
          Set.of("LSTM", "GRU", "RNN"), "a recurrent network",
          Set.of("If", "Loop", "Scan"), "control flow",
          Set.of("Attention", "RotaryEmbedding"), "a fused attention",
          Set.of("LRN"), "a local response normalisation",
          Set.of("Resize", "Upsample", "GridSample", "RoiAlign", "MaxRoiPool"), "an interpolation",
          Set.of("RandomNormal", "RandomUniform", "RandomNormalLike", "Bernoulli", "Multinomial"),
              "a random draw",
          Set.of(
                  "QuantizeLinear",
                  "DequantizeLinear",
                  "DynamicQuantizeLinear",
                  "QLinearMatMul",
                  "QLinearConv",
                  "MatMulInteger",
                  "ConvInteger"),
              "a quantised operator");

  private Refusals() {}

  static Optional<String> reason(String operator) {
    return REASONS.entrySet().stream()
        .filter(entry -> entry.getKey().contains(operator))
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
