package io.headwater.ops.data;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.ops.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The pre-trained models that a pipeline file can name, taken out of their packages. */
public final class PretrainedModels {
  /**
   * A model's files.
   *
   * @param encoder bytes of its ONNX file
   * @param tokenizer bytes of its tokenizer.json
   */
  public record Pretrained(String name, byte[] encoder, byte[] tokenizer, String licence) {}

  private static final int MAX_ENTRY_BYTES = 256 << 20;

  /** Sentence encoders, which come with their tokenizers. */
  private static final Map<String, PinnedPackage> KNOWN =
      Map.of(
          "all-minilm-l6-v2", PinnedPackage.MINILM,
          "all-minilm-l6-v2-q", PinnedPackage.MINILM_QUANTIZED,
          "bge-small-en-v1.5", PinnedPackage.BGE_SMALL);

  /** Models of images, by their entries. */
  private static final Map<String, String> IMAGES =
      Map.of(
          "paddle-ocr-rec", "models/ch_PP-OCRv3_rec_infer.onnx",
          "paddle-ocr-cls", "models/ch_ppocr_mobile_v2.0_cls_infer.onnx");

  private final Packages packages;

  public PretrainedModels(Packages packages) {
    this.packages = packages;
  }

  /**
   * The model that a pipeline transfers from.
   *
   * @throws UserError where it names none, its name is not known or its package can't be had
   */
  public Pretrained fetch(Pipeline.Model wanted) {
    if (wanted.pretrained() == null) {
      throw new UserError(
          "the pipeline file names no pre-trained model",
          "write 'model: { pretrained: NAME }' with one of "
              + new TreeMap<>(KNOWN).keySet()
              + ", or import a model of your own (headwater model import) and give its package"
              + " (headwater train --data FILE --package DIR)");
    }
    return fetch(wanted.pretrained());
  }

  /**
   * A model by the name that pipeline files use.
   *
   * @throws UserError where the name is not known or its package can't be had
   */
  public Pretrained fetch(String name) {
    PinnedPackage source = KNOWN.get(name);
    if (source == null) {
      throw new UserError(
          "no pre-trained model is called '" + name + "'",
          "set model.pretrained to one of " + new TreeMap<>(KNOWN).keySet());
    }
    Path jar = packages.fetch(source);
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return new Pretrained(
          name, entry(zip, name + ".onnx"), entry(zip, name + "-tokenizer.json"), source.licence());
    } catch (IOException e) {
      throw unreadable(jar, e);
    }
  }

  /** Whether a name is that of a model of texts, which comes with a tokenizer. */
  public static boolean readsText(String name) {
    return KNOWN.containsKey(name);
  }

  /** Whether {@link #onnx} knows a name. */
  public static boolean isKnown(String name) {
    return KNOWN.containsKey(name) || IMAGES.containsKey(name);
  }

  /**
   * Bytes of a model's ONNX file, whatever its kind.
   *
   * @throws UserError where the name is not known or its package can't be had
   */
  public byte[] onnx(String name) {
    String image = IMAGES.get(name);
    if (image == null) {
      return fetch(name).encoder();
    }
    Path jar = packages.fetch(PinnedPackage.PADDLE_OCR);
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return entry(zip, image);
    } catch (IOException e) {
      throw unreadable(jar, e);
    }
  }

  private static UserError unreadable(Path jar, IOException e) {
    return new UserError(
        "the package %s can't be read (%s)".formatted(jar, e.getMessage()),
        "delete that file and run the command again",
        e);
  }

  private static byte[] entry(ZipFile zip, String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new IOException("it holds no " + name);
    }
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes(MAX_ENTRY_BYTES);
      if (in.read() >= 0) {
        throw new IOException(name + " is larger than " + (MAX_ENTRY_BYTES >> 20) + " MiB");
      }
      return bytes;
    }
  }
}
