package io.headwater.stream.score;

import io.headwater.model.onnx.TransferImport;
import io.headwater.model.pack.ModelPackage;
import io.headwater.stream.TestPipelines;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** Versions of an encoder of eight words (an 8 x 4 embedding table). */
public final class ToyVersions {
  private ToyVersions() {}

  /** One with a head of its own; all share the encoder. */
  public static ModelPackage version(long seed) {
    return TransferImport.sentenceEncoder(
        TestPipelines.reviews(),
        "toy",
        resource("toy-encoder.onnx"),
        resource("toy-tokenizer.json"),
        seed);
  }

  private static byte[] resource(String name) {
    try (InputStream in =
        Objects.requireNonNull(ToyVersions.class.getResourceAsStream(name), name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
