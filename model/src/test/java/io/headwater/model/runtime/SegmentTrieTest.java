package io.headwater.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.model.featurise.Features;
import io.headwater.model.onnx.ToyEncoder;
import io.headwater.model.onnx.ToyLayers;
import io.headwater.model.pack.Blobs;
import io.headwater.model.pack.ModelPackage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SegmentTrieTest {
  private static final ModelPackage TOY = ToyEncoder.packaged(0);
  private static final List<Features> TEXTS =
      List.of(text(4), text(5, 6), text(7, 7, 1), text(2, 4, 3, 6, 7));
  private static final List<Features> VECTORS =
      List.of(vector(1, 2), vector(-1, 0.5f), vector(0.25f, 3));

  private final List<LoadedModel> loaded = new ArrayList<>();

  @AfterEach
  void everySessionIsClosed() {
    loaded.forEach(LoadedModel::close);
    assertThat(SegmentSession.openCount()).isZero();
  }

  private LoadedModel load(ModelPackage version) {
    LoadedModel model = LoadedModel.load(version);
    loaded.add(model);
    return model;
  }

  private SegmentTrie trie(ModelPackage... versions) {
    return SegmentTrie.open(List.of(versions).stream().map(this::load).toList());
  }

  /** The toy with a head of its own. */
  private static ModelPackage headed(float bias) {
    return with(TOY, Map.of("head.output.bias", new float[] {bias, -bias}));
  }

  private static ModelPackage with(ModelPackage version, Map<String, float[]> weights) {
    return version.withHeadWeights(weights, version.manifest().getLineage(), null, List.of());
  }

  private static Features text(long... tokens) {
    return new Features(tokens);
  }

  private static Features vector(float... values) {
    return new Features(new long[0][], values, new long[0]);
  }

  private static List<String> names(ModelPackage... versions) {
    return List.of(versions).stream().map(ModelPackage::version).toList();
  }

  private static List<Scored> given(SegmentTrie.Run run, ModelPackage version) {
    return ((Answer.Given) run.answers().get(version.version())).scored();
  }

  private static void assertAsAlone(
      SegmentTrie.Run run, ModelPackage version, List<Features> batch) {
    List<Scored> together = given(run, version);
    assertThat(together).hasSameSizeAs(batch);
    try (LoadedModel model = LoadedModel.load(version)) {
      List<Scored> alone = model.score(batch);
      for (int i = 0; i < batch.size(); i++) {
        assertThat(together.get(i).probabilities())
            .containsExactly(alone.get(i).probabilities(), within(1e-6f));
        assertThat(together.get(i).activation())
            .containsExactly(alone.get(i).activation(), within(1e-6f));
      }
    }
  }

  @Test
  void score_versionsOfOneBackbone_runsItOnceAndAnswersAsEachAlone() {
    ModelPackage[] versions =
        IntStream.rangeClosed(1, 6).mapToObj(SegmentTrieTest::headed).toArray(ModelPackage[]::new);
    try (SegmentTrie trie = trie(versions)) {
      SegmentTrie.Run run = trie.score(0, names(versions), TEXTS);

      assertThat(trie.readings()).isEqualTo(1);
      assertThat(SegmentSession.openCount()).isEqualTo(1 + versions.length);
      assertThat(run.sessionRuns()).isEqualTo(1 + versions.length);
      for (ModelPackage version : versions) {
        assertAsAlone(run, version, TEXTS);
      }
    }
  }

  @Test
  void score_versionsThatPartDeeper_runsEachDistinctSegmentOnce() {
    ModelPackage champion = ToyLayers.packaged(1, "v");
    ModelPackage otherHead = with(champion, Map.of("w3", new float[] {0, 1, 2, 0, -1, 1}));
    ModelPackage deeper =
        with(
            ToyLayers.packaged(2, "v"),
            Map.of(
                "w2", new float[] {2, 0, 0, 1, 1, 0, 1, 0, 1},
                "w3", new float[] {1, 1, 0, 0, 2, -1}));
    ModelPackage deeperStill =
        with(ToyLayers.packaged(3, "v"), Map.of("w1", new float[] {0, 1, 0, 2, 0, 1}));
    ModelPackage[] all = {champion, otherHead, deeper, deeperStill};
    try (SegmentTrie trie = trie(all)) {
      SegmentTrie.Run run = trie.score(0, names(all), VECTORS);

      // first layer; second and its two heads; second with its head; all three layers
      assertThat(run.sessionRuns()).isEqualTo(1 + (1 + 2) + 1 + 1);
      for (ModelPackage version : all) {
        assertAsAlone(run, version, VECTORS);
      }
    }
  }

  @Test
  void score_someOfTheVersions_runsNoMoreThanTheyNeed() {
    ModelPackage one = headed(1);
    ModelPackage two = headed(2);
    try (SegmentTrie trie = trie(one, two, headed(3))) {
      SegmentTrie.Run run = trie.score(0, names(two), TEXTS);

      assertThat(run.sessionRuns()).isEqualTo(2);
      assertThat(run.answers()).containsOnlyKeys(two.version());
    }
  }

  @Test
  void score_versionWithoutAFiniteAnswer_leavesTheOthersAndItsOtherEventsAnswered() {
    ModelPackage sound = headed(1);
    ModelPackage broken =
        with(
            TOY,
            Map.of("head.output.weight", new float[] {0, 0, 0, 0, Float.MAX_VALUE / 4, 0, 0, 0}));
    try (SegmentTrie trie = trie(sound, broken)) {
      // the activation's first value is 2 for the second event and 8 for the first
      List<Features> batch = List.of(text(7), text(1));
      SegmentTrie.Run run = trie.score(0, names(sound, broken), batch);

      assertThat(given(run, sound)).doesNotContainNull();
      assertThat(given(run, broken).get(0)).isNull();
      assertThat(given(run, broken).get(1)).isNotNull();
    }
  }

  @Test
  void score_sharedSegmentFails_isTheAnswerOfAllWhoShareIt() {
    ModelPackage one = headed(1);
    ModelPackage two = headed(2);
    try (SegmentTrie trie = trie(one, two)) {
      SegmentTrie.Run run = trie.score(0, names(one, two), List.of(text(99)));

      assertThat(run.answers().values())
          .hasSize(2)
          .allSatisfy(answer -> assertThat(answer).isInstanceOf(Answer.Failed.class));
      assertThat(trie.score(0, names(one), TEXTS).answers().get(one.version()))
          .isInstanceOf(Answer.Given.class);
    }
  }

  @Test
  void featurise_versionsThatReadOtherFields_areReadApart() throws Exception {
    ModelPackage one = ToyLayers.packaged(1, "v");
    ModelPackage other = ToyLayers.packaged(1, "u");
    JsonNode event = new ObjectMapper().readTree("{\"v\":[1,2],\"u\":[3,4]}");
    try (SegmentTrie trie = trie(one, other)) {
      int first = trie.reading(one.version());
      int second = trie.reading(other.version());

      assertThat(trie.readings()).isEqualTo(2);
      assertThat(trie.featurise(first, event).numbers()).containsExactly(1, 2);
      assertThat(trie.featurise(second, event).numbers()).containsExactly(3, 4);
      assertAsAlone(trie.score(second, names(other), VECTORS), other, VECTORS);
      assertThatThrownBy(() -> trie.score(first, names(one, other), VECTORS))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void open_setThatGrows_fetchesNothingAndSharesTheBackbone() {
    ModelPackage one = headed(1);
    ModelPackage two = headed(2);
    LoadedModel first = load(one);
    SegmentTrie before = SegmentTrie.open(List.of(first));
    List<String> fetched = new ArrayList<>();
    Blobs recording =
        digest -> {
          fetched.add(digest);
          return two.blobs().get(digest);
        };
    LoadedModel second = load(new ModelPackage(two.manifest(), recording));
    fetched.clear();
    try (SegmentTrie after = SegmentTrie.open(List.of(first, second))) {
      assertThat(fetched).isEmpty();
      assertThat(SegmentSession.openCount()).isEqualTo(3);
      before.close();
      assertThat(SegmentSession.openCount()).isEqualTo(3);
      assertAsAlone(after.score(0, names(one, two), TEXTS), two, TEXTS);
    }
  }

  @Test
  void close_versionThatItsLoaderLetGo_endsWithTheLastTrie() throws Exception {
    ModelPackage one = headed(1);
    ModelPackage two = headed(2);
    LoadedModel first = load(one);
    LoadedModel second = load(two);
    SegmentTrie both = SegmentTrie.open(List.of(first, second));
    SegmentTrie alone = SegmentTrie.open(List.of(first));
    second.close();
    JsonNode event = new ObjectMapper().readTree("{\"text\":\"good\"}");

    assertThat(both.featurise(0, event).texts()[0]).hasSize(3);
    assertAsAlone(both.score(0, names(two), TEXTS), two, TEXTS);
    assertThat(SegmentSession.openCount()).isEqualTo(3);
    both.close();
    assertThat(SegmentSession.openCount()).isEqualTo(2);
    assertThatThrownBy(() -> both.score(0, names(one), TEXTS))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> SegmentTrie.open(List.of(first, second)))
        .isInstanceOf(IllegalStateException.class);
    assertAsAlone(alone.score(0, names(one), TEXTS), one, TEXTS);
    alone.close();
  }

  @Test
  void open_emptySetOrOneTwice_isRefused() {
    LoadedModel model = load(TOY);

    assertThatThrownBy(() -> SegmentTrie.open(List.of())).hasMessageContaining("at least one");
    assertThatThrownBy(() -> SegmentTrie.open(List.of(model, model)))
        .hasMessageContaining("there twice");
  }
}
