package io.headwater.ops;

import io.headwater.model.onnx.TransferImport;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/** The quantized MiniLM that is on the tests' class path. */
public final class MiniLm {
  private static final String NAME = "/all-minilm-l6-v2-q";

  private MiniLm() {}

  /** Cut for a pipeline, with an untrained head. */
  public static ModelPackage untrained(Pipeline pipeline) {
    return TransferImport.sentenceEncoder(
        pipeline, "minilm", bytes(".onnx"), bytes("-tokenizer.json"), 1);
  }

  /** The Maven package that it lies in. */
  public static Path jar() {
    String inJar = url(".onnx").getPath();
    return Path.of(inJar.substring("file:".length(), inJar.indexOf('!')));
  }

  private static byte[] bytes(String suffix) {
    try (InputStream in = url(suffix).openStream()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static URL url(String suffix) {
    return Objects.requireNonNull(MiniLm.class.getResource(NAME + suffix));
  }
}
