package io.headwater.model.onnx;

import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;

/** Makes an untrained first version: a pre-trained encoder cut at its pooled output, and a head. */
public final class TransferImport {
  private TransferImport() {}

  /**
   * Cuts a sentence encoder into a frozen backbone (with masked mean pooling) and a new head.
   *
   * @param encoder bytes of an ONNX model with inputs ids, mask and, maybe, types (int64 [batch,
   *     tokens]) and a first output of hidden states (float [batch, tokens, width])
   * @param tokenizer bytes of its tokenizer.json
   * @param seed of the head's initial weights
   * @throws IllegalArgumentException naming what the model lacks
   */
  public static ModelPackage sentenceEncoder(
      Pipeline pipeline, String name, byte[] encoder, byte[] tokenizer, long seed) {
    throw new UnsupportedOperationException("not written");
  }
}
