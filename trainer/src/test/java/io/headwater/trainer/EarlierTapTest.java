package io.headwater.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.featurise.Features;
import io.headwater.model.onnx.EarlierTap;
import io.headwater.model.onnx.HeadInput;
import io.headwater.model.onnx.ImportRequest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.Answer;
import io.headwater.model.runtime.Crossing;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.model.runtime.Prefix;
import io.headwater.model.runtime.SegmentTrie;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Segment;
import io.headwater.trainer.plan.Ladder;
import io.headwater.trainer.tune.Chains;
import io.headwater.trainer.tune.Ladders;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EarlierTapTest {
  private static final ImportRequest.NewHead LINEAR =
      new ImportRequest.NewHead(0, HeadInput.STANDARDISED);

  private static Pipeline pipeline(String freeze) {
    return Chains.vectors(
        "training: { freeze: %s, epochs: 40, learningRate: 0.02 }\n".formatted(freeze));
  }

  private static ModelPackage pictures(String freeze) {
    return Chains.imported(pipeline(freeze), Chains.cnn(5), null, LINEAR, null, 1);
  }

  private static ModelPackage tapped() {
    return EarlierTap.of(pictures("head"), 1, 0, HeadInput.STANDARDISED, 7);
  }

  /** One of eight numbers tells the class; of the two that reach the model's own head, none. */
  private static ModelPackage trained(String freeze) {
    Random random = new Random(2);
    List<LabelledEvent> events = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      double[] x = random.doubles(8, -1, 1).toArray();
      events.add(new LabelledEvent(Chains.event(x), x[3] > 0 ? "yes" : "no"));
    }
    ModelPackage narrow =
        Chains.imported(pipeline(freeze), Chains.mlp(3, 8, 32, 2), null, LINEAR, null, 1);
    return FirstVersion.train(pipeline(freeze), narrow, events, (done, of) -> {});
  }

  @Test
  void of_picture_endsBehindTheTapWithAMeanAndAHead() {
    ModelPackage model = pictures("head");
    Manifest whole = model.manifest();
    Manifest tapped = EarlierTap.of(model, 1, 0, HeadInput.STANDARDISED, 7).manifest();
    assertThat(tapped.getSegments()).hasSize(3);
    assertThat(tapped.getSegments().get(0)).isEqualTo(whole.getSegments().get(0));
    Segment pooling = tapped.getSegments().get(1);
    assertThat(pooling.getWeights()).isEmpty();
    assertThat(pooling.getOutputs().get(0).getDims()).containsExactly(-1L, 4L);
    assertThat(Segments.trainableCount(tapped)).isEqualTo(1);
    assertThat(tapped.getTrained()).isFalse();
    assertThat(EarlierTap.inFront(tapped)).isEqualTo(1);
    assertThat(tapped.getBlobs().size()).isLessThan(whole.getBlobs().size());
  }

  @Test
  void of_tapThatIsNone_isRefusedWithTheReason() {
    ModelPackage model = pictures("head");
    int front = EarlierTap.inFront(model.manifest());
    assertThatThrownBy(() -> EarlierTap.of(model, front, 0, HeadInput.STANDARDISED, 7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tap:%d is not possible".formatted(front));
  }

  @Test
  void of_texts_averagesOverTheTokensThatTheMaskKeeps() throws Exception {
    Pipeline pipeline = Chains.texts("");
    ModelPackage model = Chains.miniLm(pipeline, true, 1);
    ModelPackage tapped = EarlierTap.of(model, 3, 0, HeadInput.STANDARDISED, 7);
    ObjectNode event = JsonNodeFactory.instance.objectNode().put("text", "a short one");
    try (Prefix hidden = Prefix.open(tapped, 2);
        Prefix pooled = Prefix.open(tapped, 1)) {
      Crossing states = hidden.run(event);
      long tokens = states.shape().inputs().get(0).get(0);
      int maskAt = (int) (tokens * 384);
      double sum = 0;
      float count = 0;
      for (int i = 0; i < tokens; i++) {
        sum += states.values()[i * 384 + 5] * states.values()[maskAt + i];
        count += states.values()[maskAt + i];
      }
      assertThat(count).isLessThan((float) tokens);
      assertThat(pooled.run(event).values()).hasSize(384);
      assertThat((double) pooled.run(event).values()[5]).isCloseTo(sum / count, within(1e-5));
    }
  }

  @Test
  void train_tapChosen_shipsTheFirstSegmentsAndAHeadThatLearnt() {
    ModelPackage tapped = trained("tap:1");
    Manifest manifest = tapped.manifest();
    assertThat(manifest.getLineage().getFreeze()).isEqualTo("tap:1");
    assertThat(manifest.getLineage().getFreezeReason())
        .contains("the pipeline says tap:1")
        .contains("tap:1 is kept");
    assertThat(manifest.getSegments()).hasSize(2);
    assertThat(manifest.getTrained()).isTrue();
    // Its goldens hold.
    LoadedModel.load(tapped).close();
  }

  @Test
  void score_tapBesideTheWholeModel_sharesWhatItKeeps() throws Exception {
    ModelPackage whole = pictures("head");
    ModelPackage tapped = tapped();
    LoadedModel one = LoadedModel.load(whole);
    LoadedModel other = LoadedModel.load(tapped);
    List<Features> batch =
        List.of(one.featurise(Chains.event(new Random(4).doubles(64).toArray())));
    float[] ofWhole = one.score(batch).get(0).probabilities();
    float[] ofTapped = other.score(batch).get(0).probabilities();
    try (SegmentTrie both = SegmentTrie.open(List.of(one, other))) {
      assertThat(both.readings()).isEqualTo(1);
      SegmentTrie.Run run = both.score(0, Set.of(whole.version(), tapped.version()), batch);
      int apart =
          both.score(0, Set.of(whole.version()), batch).sessionRuns()
              + both.score(0, Set.of(tapped.version()), batch).sessionRuns();
      assertThat(run.sessionRuns()).isLessThan(apart);
      assertThat(given(run, whole)).containsExactly(ofWhole, within(1e-6f));
      assertThat(given(run, tapped)).containsExactly(ofTapped, within(1e-6f));
    }
  }

  private static float[] given(SegmentTrie.Run run, ModelPackage version) {
    Answer answer = run.answers().get(version.version());
    return ((Answer.Given) answer).scored().get(0).probabilities();
  }

  @Test
  void champion_behindATap_isTrainedOnFromThere() {
    ModelPackage tapped = tapped();
    Champion same = Champion.of(tapped, pipeline("tap:1"));
    assertThat(Champion.loggable(tapped.manifest())).isTrue();
    assertThat(same.examples().width()).isEqualTo(4);
    assertThat(same.examples().recomputes()).isTrue();
    assertThat(same.examples().prefix())
        .isNotEqualTo(Segments.prefixDigest(pictures("head").manifest()));
    Ladder ladder = Ladders.of(tapped);
    assertThat(ladder.taps()).isEmpty();
    assertThat(ladder.inFront()).isEqualTo(1);
    assertThat(ladder.deepest().segments()).isEqualTo(3);
  }
}
