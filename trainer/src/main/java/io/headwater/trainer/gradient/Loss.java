package io.headwater.trainer.gradient;

import java.util.List;

/**
 * How far a model's outputs are from their targets, both of shape [batch, outputs]; an example's
 * loss is the sum over its outputs.
 *
 * @param delta Huber's: up to which error the loss is squared; otherwise unused
 */
public record Loss(Kind kind, double delta) {
  /** The losses. */
  public enum Kind {
    /** Between class probabilities and the softmax of the outputs; rows of targets sum to 1. */
    SOFTMAX_CROSS_ENTROPY,
    /** Between probabilities and the sigmoid of each output. */
    BINARY_CROSS_ENTROPY,
    /** Half the squared error. */
    SQUARED,
    /** Half the squared error up to delta, and linear beyond (Huber, 1964). */
    HUBER
  }

  public Loss {
    if (!(delta > 0) || Double.isInfinite(delta)) {
      throw new IllegalArgumentException("delta can't be " + delta);
    }
  }

  public static Loss softmax() {
    return new Loss(Kind.SOFTMAX_CROSS_ENTROPY, 1);
  }

  public static Loss binary() {
    return new Loss(Kind.BINARY_CROSS_ENTROPY, 1);
  }

  public static Loss squared() {
    return new Loss(Kind.SQUARED, 1);
  }

  public static Loss huber(double delta) {
    return new Loss(Kind.HUBER, delta);
  }

  /** Whether targets are classes. */
  public boolean classifies() {
    return kind == Kind.SOFTMAX_CROSS_ENTROPY;
  }

  /**
   * What the loss is and where it leads.
   *
   * @param perExample losses, of shape [batch]
   * @param slope their gradients by the outputs, of shape [batch, outputs]
   */
  record Emitted(String perExample, String slope) {}

  Emitted emit(Emitter emit, String output, String targets) {
    return switch (kind) {
      case SOFTMAX_CROSS_ENTROPY -> {
        String log = emit.node("LogSoftmax", List.of(output), Attributes.of("axis", -1L));
        String each = emit.neg(emit.sum(emit.mul(log, targets), false, 1));
        yield new Emitted(each, emit.sub(emit.op("Exp", log), targets));
      }
      case BINARY_CROSS_ENTROPY -> {
        // -t log(s) - (1 - t) log(1 - s) = softplus(z) - t z for s = sigmoid(z).
        String each = emit.sub(emit.op("Softplus", output), emit.mul(targets, output));
        String slope = emit.sub(emit.op("Sigmoid", output), targets);
        yield new Emitted(emit.sum(each, false, 1), slope);
      }
      case SQUARED -> {
        String error = emit.sub(output, targets);
        String half = emit.mul(emit.scalar(0.5f), emit.mul(error, error));
        yield new Emitted(emit.sum(half, false, 1), error);
      }
      case HUBER -> {
        String error = emit.sub(output, targets);
        String near =
            emit.op("Clip", error, emit.scalar((float) -delta), emit.scalar((float) delta));
        String each = emit.mul(near, emit.sub(error, emit.mul(emit.scalar(0.5f), near)));
        yield new Emitted(emit.sum(each, false, 1), near);
      }
    };
  }
}
