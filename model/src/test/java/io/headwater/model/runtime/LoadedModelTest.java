package io.headwater.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.headwater.model.featurise.Features;
import io.headwater.model.onnx.HeadInput;
import io.headwater.model.onnx.ToyEncoder;
import io.headwater.model.onnx.ToyEncoder.Form;
import io.headwater.model.onnx.TransferImport;
import io.headwater.model.pack.BlobMap;
import io.headwater.model.pack.Blobs;
import io.headwater.model.pack.MissingBlobException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.Segment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadedModelTest {
  private final ModelPackage toy = ToyEncoder.packaged(0);

  @AfterEach
  void everySessionIsClosed() {
    assertThat(SegmentSession.openCount()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {11, 13, 18, 21})
  void score_anyOpset_averagesTheTokensThatCount(int opset) {
    ModelPackage version = imported(new Form(opset, opset > 13, ToyEncoder.PLAIN.inputs()));
    try (LoadedModel model = LoadedModel.load(version)) {
      List<Scored> scored = model.score(List.of(features(4, 6), features(7), features()));

      assertThat(scored.get(0).activation()).containsExactly(6, -5, 2.5f, 1);
      assertThat(scored.get(1).activation()).containsExactly(8, -7, 3.5f, 1);
      assertThat(scored.get(2).activation()).containsExactly(0, 0, 0, 0);
    }
  }

  @Test
  void score_trainedHead_answersSoftmaxOfItsLogits() {
    try (LoadedModel model = LoadedModel.load(trained(toy, 0.5f))) {
      float[] probabilities = model.score(List.of(features(4))).get(0).probabilities();

      // the activation's first value is 5, so the logits are 0 and 2.5
      assertThat(probabilities[1]).isCloseTo((float) (1 / (1 + Math.exp(-2.5))), within(1e-6f));
      assertThat(probabilities[0] + probabilities[1]).isCloseTo(1, within(1e-6f));
      assertThat(model.decide(probabilities)).isEqualTo("good");
    }
  }

  @Test
  void score_unitLengthInput_feedsTheHeadActivationsOfLengthOne() {
    ModelPackage version =
        trained(
            TransferImport.sentenceEncoder(
                ToyEncoder.pipeline(0, Map.of()),
                "toy",
                ToyEncoder.bytes(ToyEncoder.PLAIN),
                ToyEncoder.tokenizer(),
                1,
                HeadInput.UNIT_LENGTH),
            1);
    try (LoadedModel model = LoadedModel.load(version)) {
      Scored scored = model.score(List.of(features(4))).get(0);

      double length = Math.sqrt(5 * 5 + 4 * 4 + 2 * 2 + 1);
      double logit = 5 / length;
      assertThat(scored.activation()).containsExactly(5, -4, 2, 1);
      assertThat(scored.probabilities()[1])
          .isCloseTo((float) (1 / (1 + Math.exp(-logit))), within(1e-6f));
    }
  }

  @Test
  void score_emptyBatch_isEmpty() {
    try (LoadedModel model = LoadedModel.load(toy)) {
      assertThat(model.score(List.of())).isEmpty();
    }
  }

  @Test
  void score_tokenOutsideTheTable_failsAndTheNextBatchIsScored() {
    try (LoadedModel model = LoadedModel.load(toy)) {
      assertThatThrownBy(() -> model.score(List.of(features(99))))
          .isInstanceOf(InferenceException.class)
          .hasMessageContaining("backbone");
      assertThat(model.score(List.of(features(4)))).hasSize(1);
    }
  }

  @Test
  void score_weightsThatOverflow_failsAsNotFinite() {
    try (LoadedModel model = LoadedModel.load(trained(toy, Float.MAX_VALUE))) {
      assertThatThrownBy(() -> model.score(List.of(features(4))))
          .isInstanceOf(InferenceException.class)
          .hasMessageContaining("not finite");
    }
  }

  @Test
  void score_closedModel_refuses() {
    LoadedModel model = LoadedModel.load(toy);
    model.close();
    model.close();

    assertThatThrownBy(() -> model.score(List.of(features(4))))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void featurise_event_givesTokens() throws Exception {
    try (LoadedModel model = LoadedModel.load(toy)) {
      var event = JsonNodeFactory.instance.objectNode().put("text", "very good film");

      assertThat(model.featurise(event).texts()[0]).containsExactly(2, 6, 4, 7, 3);
    }
  }

  @Test
  void load_twoVersionsOfOnePrefix_shareItsSessionAndDoNotFetchItAgain() {
    ModelPackage next = trained(toy, 2);
    Segment backbone = toy.manifest().getSegments().get(0);
    List<String> fetched = new ArrayList<>();
    Blobs recording =
        digest -> {
          fetched.add(digest);
          return next.blobs().get(digest);
        };

    LoadedModel first = LoadedModel.load(toy);
    try (LoadedModel second = LoadedModel.load(new ModelPackage(next.manifest(), recording))) {
      assertThat(SegmentSession.openCount()).isEqualTo(3);
      assertThat(fetched)
          .doesNotContain(backbone.getGraph(), backbone.getWeights().get(0).getDigest());
      assertThat(second.prefixDigest()).isEqualTo(first.prefixDigest());
      assertThat(second.version()).isNotEqualTo(first.version());

      first.close();
      assertThat(SegmentSession.openCount()).isEqualTo(2);
      assertThat(second.score(List.of(features(4)))).hasSize(1);
    }
  }

  @Test
  void load_severalThreadsAtOnce_fetchTheSharedPrefixOnce() {
    String graph = toy.manifest().getSegments().get(0).getGraph();
    List<String> fetched = Collections.synchronizedList(new ArrayList<>());
    Blobs recording =
        digest -> {
          fetched.add(digest);
          return toy.blobs().get(digest);
        };
    ModelPackage version = new ModelPackage(toy.manifest(), recording);

    List<LoadedModel> models =
        IntStream.range(0, 16).parallel().mapToObj(i -> LoadedModel.load(version)).toList();
    models.parallelStream().forEach(LoadedModel::close);

    assertThat(Collections.frequency(fetched, graph)).isEqualTo(1);
  }

  @Test
  void load_missingBlob_saysSoAndLeavesNothingOpen() {
    String head = toy.manifest().getSegments().get(1).getGraph();
    Blobs lacking =
        digest -> {
          if (digest.equals(head)) {
            throw new MissingBlobException("blob " + digest + " is gone");
          }
          return toy.blobs().get(digest);
        };

    assertThatThrownBy(() -> LoadedModel.load(new ModelPackage(toy.manifest(), lacking)))
        .isInstanceOf(MissingBlobException.class);
  }

  @Test
  void load_bitFlippedWeight_isRefused() {
    Map<String, byte[]> blobs = new HashMap<>();
    toy.manifest()
        .getBlobs()
        .forEach(ref -> blobs.put(ref.getDigest(), toy.blobs().get(ref.getDigest()).clone()));
    String weight = toy.manifest().getSegments().get(0).getWeights().get(0).getDigest();
    blobs.computeIfPresent(
        weight,
        (digest, bytes) -> {
          bytes[5] ^= 1;
          return bytes;
        });

    assertThatThrownBy(
            () -> LoadedModel.load(new ModelPackage(toy.manifest(), BlobMap.claimed(blobs))))
        .isInstanceOf(MissingBlobException.class)
        .hasMessageContaining(weight);
  }

  @Test
  void load_headThatReadsWhatNothingGives_isRefused() {
    toy.manifest().getSegments().get(1).getInputs().get(0).setName("other");

    assertThatThrownBy(() -> LoadedModel.load(toy))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'other'");
  }

  @Test
  void probabilities_headAlone_areTheWholeModelsOnItsActivations() {
    ModelPackage version = trained(ToyEncoder.packaged(3), 0);
    List<Features> batch = List.of(features(4), features(5, 6), features(7, 7, 1));
    try (LoadedModel model = LoadedModel.load(version);
        Head head = Head.load(version)) {
      List<Scored> scored = model.score(batch);
      float[][] alone = head.probabilities(scored.stream().map(Scored::activation).toList());

      assertThat(head.prefixDigest()).isEqualTo(model.prefixDigest());
      for (int i = 0; i < batch.size(); i++) {
        assertThat(alone[i]).containsExactly(scored.get(i).probabilities(), within(1e-6f));
      }
    }
  }

  @Test
  void probabilities_moreRowsThanOneRunTakes_areAllAnswered() {
    try (Head head = Head.load(trained(toy, 1))) {
      List<float[]> rows = new ArrayList<>();
      for (int i = 0; i < 2_500; i++) {
        rows.add(new float[] {i % 7, 0, 0, 0});
      }

      float[][] probabilities = head.probabilities(rows);

      assertThat(probabilities).hasDimensions(2_500, 2);
      assertThat(probabilities[2_499][1])
          .isCloseTo((float) (1 / (1 + Math.exp(0.0 - 2_499 % 7))), within(1e-6f));
      assertThat(head.probabilities(List.of())).isEmpty();
    }
  }

  @Test
  void probabilities_otherWidth_refuses() {
    try (Head head = Head.load(toy)) {
      assertThatThrownBy(() -> head.probabilities(List.of(new float[3])))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("head reads 4");
    }
  }

  /** A linear head that answers logits 0 and {@code slope} times the activation's first value. */
  private static ModelPackage trained(ModelPackage version, float slope) {
    Map<String, float[]> weights =
        version.manifest().getSegments().get(1).getWeights().size() > 2
            ? Map.of("head.output.bias", new float[] {slope, 1})
            : Map.of(
                "head.output.weight", new float[] {0, 0, 0, 0, slope, 0, 0, 0},
                "head.output.bias", new float[2]);
    return version.withHeadWeights(weights, version.manifest().getLineage(), null, List.of());
  }

  private static ModelPackage imported(Form form) {
    return TransferImport.sentenceEncoder(
        ToyEncoder.pipeline(0, Map.of()), "toy", ToyEncoder.bytes(form), ToyEncoder.tokenizer(), 1);
  }

  private static Features features(long... tokens) {
    return new Features(tokens);
  }
}
