package io.headwater.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.headwater.model.featurise.FeatureBinding;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.featurise.Statistics;
import io.headwater.model.onnx.FeatureBinder;
import io.headwater.model.onnx.HeadInput;
import io.headwater.model.onnx.ImportRequest;
import io.headwater.model.onnx.ModelImport;
import io.headwater.model.onnx.ToyEncoder;
import io.headwater.model.onnx.TransferImport;
import io.headwater.model.pack.Manifests;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Segment;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The pre-trained encoders themselves, cut, packaged and run. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MiniLmTest {
  private static final int WIDTH = 384;
  private static final List<String> TEXTS =
      List.of(
          "A very good film.",
          "",
          "The battery died after two days, and nobody at the shop would answer my calls about it.",
          "crust is not good \u00e9\u4e2d\u6587 \uD83D\uDE00",
          "word ".repeat(60));

  private byte[] encoder = {};
  private ModelPackage version = ToyEncoder.packaged(0);
  private LoadedModel model = LoadedModel.load(version);

  @BeforeAll
  void load() {
    model.close();
    encoder = resource("/all-minilm-l6-v2.onnx");
    version = imported(encoder);
    model = LoadedModel.load(version);
  }

  @AfterAll
  void close() {
    model.close();
  }

  @Test
  void score_fullPrecision_activationsAreTheEncodersOwnMean() throws Exception {
    List<Features> batch = features(model);
    List<Scored> scored = model.score(batch);

    try (OrtSession original = Ort.session(direct(encoder))) {
      for (int i = 0; i < batch.size(); i++) {
        assertThat(scored.get(i).activation())
            .as(TEXTS.get(i))
            .containsExactly(mean(original, batch.get(i)), within(1e-5f));
      }
    }
  }

  @Test
  void score_fullPrecision_doesNotDependOnTheBatch() throws Exception {
    List<Features> batch = features(model);
    List<Scored> together = model.score(batch);

    for (int i = 0; i < batch.size(); i++) {
      Scored alone = model.score(List.of(batch.get(i))).get(0);
      assertThat(together.get(i).activation()).containsExactly(alone.activation(), within(1e-6f));
      assertThat(together.get(i).probabilities())
          .containsExactly(alone.probabilities(), within(1e-6f));
    }
  }

  @Test
  void sentenceEncoder_fullPrecision_keepsEveryWeightInABlobAndTheGraphSmall() {
    Manifest manifest = version.manifest();
    long bytes = manifest.getBlobs().stream().mapToLong(BlobRef::getBytes).sum();

    assertThat(manifest.getBatchInvariant()).isTrue();
    assertThat(bytes).isBetween(91_000_000L, 92_000_000L);
    assertThat(version.blobs().get(manifest.getSegments().get(0).getGraph()).length)
        .isLessThan(200_000);
    assertThat(Manifests.canonicalBytes(manifest).length).isLessThan(40_000);
  }

  @Test
  void load_childOfTheVersion_sharesTheBackboneAndAddsLittle() throws Exception {
    ModelPackage child =
        version.withHeadWeights(
            Map.of("head.output.bias", new float[] {0, 100}),
            version.manifest().getLineage(),
            null,
            List.of());
    int before = SegmentSession.openCount();
    try (LoadedModel next = LoadedModel.load(child)) {
      assertThat(SegmentSession.openCount()).isEqualTo(before + 1);
      List<Scored> scored = next.score(features(next));

      assertThat(scored).allSatisfy(s -> assertThat(s.probabilities()[1]).isGreaterThan(0.99f));
    }
  }

  @Test
  void sentenceEncoder_quantised_runsAndSaysThatItDependsOnTheBatch() throws Exception {
    byte[] quantised = resource("/all-minilm-l6-v2-q.onnx");
    ModelPackage packaged = imported(quantised);

    assertThat(packaged.manifest().getBatchInvariant()).isFalse();
    try (LoadedModel loaded = LoadedModel.load(packaged);
        OrtSession original = Ort.session(direct(quantised))) {
      for (Features features : features(loaded)) {
        assertThat(loaded.score(List.of(features)).get(0).activation())
            .containsExactly(mean(original, features), within(1e-5f));
      }
    }
  }

  @Test
  void import_anyModel_cutsTheEncoderAndSharesTheBackboneOfTwoHeads() throws Exception {
    ModelPackage blocks = cut(1);
    assertThat(blocks.manifest().getSegments()).hasSizeGreaterThan(10);
    assertThat(trainableShare(blocks)).isLessThan(0.005);
    // A layer is two blocks: attention, and the feed-forward part.
    assertThat(trainableShare(cut(3))).isLessThan(0.10);

    String weight = Segments.trainable(blocks.manifest()).get(0).getWeights().get(0).getName();
    ModelPackage other =
        blocks.withHeadWeights(
            Map.of(weight, new float[WIDTH]), blocks.manifest().getLineage(), null, List.of());
    int before = SegmentSession.openCount();
    try (LoadedModel first = LoadedModel.load(blocks)) {
      assertThat(SegmentSession.openCount()).isEqualTo(before + 2);
      try (LoadedModel second = LoadedModel.load(other)) {
        assertThat(SegmentSession.openCount()).isEqualTo(before + 3);
        assertThat(second.prefixDigest()).isEqualTo(first.prefixDigest());
      }
    }
  }

  private ModelPackage cut(int trainable) {
    byte[] tokenizer = resource("/all-minilm-l6-v2-tokenizer.json");
    Pipeline pipeline = ToyEncoder.pipeline(0, Map.of());
    ImportRequest request =
        new ImportRequest(
            "toy",
            "all-minilm-l6-v2",
            pipeline.labels(),
            List.of(),
            List.of(),
            null,
            new ImportRequest.NewHead(0, HeadInput.STANDARDISED),
            trainable,
            8,
            null);
    FeatureBinder binder =
        inputs ->
            new FeatureBinder.Bound(
                FeatureBinding.bind(pipeline, inputs, tokenizer, Statistics.none()),
                List.of(tokenizer));
    return ModelImport.of(encoder, request, binder, new OrtRunner()).version();
  }

  /** Bytes of the trainable segments' weights and graphs, as a share of the whole package's. */
  private static double trainableShare(ModelPackage version) {
    Set<String> trainable = new HashSet<>();
    for (Segment segment : Segments.trainable(version.manifest())) {
      trainable.add(segment.getGraph());
      segment.getWeights().forEach(weight -> trainable.add(weight.getDigest()));
    }
    long whole = 0;
    long part = 0;
    for (BlobRef blob : version.manifest().getBlobs()) {
      whole += blob.getBytes();
      part += trainable.contains(blob.getDigest()) ? blob.getBytes() : 0;
    }
    System.getLogger("MiniLmTest")
        .log(System.Logger.Level.INFO, "{0} of {1} bytes are trainable", part, whole);
    return (double) part / whole;
  }

  private static ModelPackage imported(byte[] encoder) {
    return TransferImport.sentenceEncoder(
        ToyEncoder.pipeline(0, Map.of()),
        "all-minilm-l6-v2",
        encoder,
        resource("/all-minilm-l6-v2-tokenizer.json"),
        7);
  }

  private static List<Features> features(LoadedModel model) throws FeatureException {
    List<Features> features = new ArrayList<>();
    for (String text : TEXTS) {
      features.add(model.featurise(JsonNodeFactory.instance.objectNode().put("text", text)));
    }
    return features;
  }

  /** Mean of the encoder's hidden states over one text's tokens, computed here. */
  private static float[] mean(OrtSession session, Features features) throws Exception {
    TensorInputs inputs = new TensorInputs(features);
    try (OrtSession.Result result = session.run(inputs.tensors)) {
      FloatBuffer hidden = ((OnnxTensor) result.get(0)).getFloatBuffer();
      double[] sums = new double[WIDTH];
      for (int token = 0; token < features.length(); token++) {
        for (int i = 0; i < WIDTH; i++) {
          sums[i] += hidden.get(token * WIDTH + i);
        }
      }
      float[] mean = new float[WIDTH];
      for (int i = 0; i < WIDTH; i++) {
        mean[i] = (float) (sums[i] / features.length());
      }
      return mean;
    } finally {
      inputs.tensors.values().forEach(OnnxTensor::close);
    }
  }

  private static final class TensorInputs {
    final Map<String, OnnxTensor> tensors;

    TensorInputs(Features features) throws Exception {
      long[] ones = new long[features.length()];
      Arrays.fill(ones, 1);
      tensors =
          Map.of(
              "input_ids", tensor(features.texts()[0]),
              "attention_mask", tensor(ones),
              "token_type_ids", tensor(new long[features.length()]));
    }

    private static OnnxTensor tensor(long[] row) throws Exception {
      return OnnxTensor.createTensor(Ort.environment(), new long[][] {row});
    }
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  private static byte[] resource(String name) {
    try (InputStream in = Objects.requireNonNull(MiniLmTest.class.getResourceAsStream(name))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
