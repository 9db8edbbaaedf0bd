package io.headwater.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.featurise.FeatureBinding;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Statistics;
import io.headwater.model.onnx.FeatureBinder;
import io.headwater.model.onnx.HeadInput;
import io.headwater.model.onnx.ImportRequest;
import io.headwater.model.onnx.ModelImport;
import io.headwater.model.onnx.Thresholds;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.model.runtime.OrtRunner;
import io.headwater.model.runtime.Scored;
import io.headwater.schemas.Metric;
import io.headwater.trainer.tune.Chains;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Versions that answer with a number, and with an embedding besides. */
class ValueFirstVersionTest {
  private static final ImportRequest.NewHead LINEAR =
      new ImportRequest.NewHead(0, HeadInput.STANDARDISED);

  private static Pipeline pipeline(String freeze) {
    return PipelineFile.parse(
        "p.yaml",
        """
        pipeline: p
        labels: number
        features:
          x: { type: vector, field: x }
        decision: { levels: { dear: 51000 }, below: fair }
        scores: { fields: [city] }
        evaluation: { slices: [city] }
        training:
          { freeze: %s, epochs: 30, segmentEpochs: 20, segmentRate: 1, learningRate: 0.01,
            holdout: 60 }
        """
            .formatted(freeze));
  }

  private static ModelPackage imported(
      Pipeline pipeline,
      byte[] onnx,
      @Nullable String output,
      ImportRequest.@Nullable NewHead head,
      @Nullable String embedding) {
    FeatureBinder binder =
        inputs ->
            new FeatureBinder.Bound(
                FeatureBinding.bind(pipeline, inputs, null, Statistics.none()), List.of());
    ImportRequest request =
        new ImportRequest(
            "p",
            "toy",
            List.of(),
            Thresholds.of(pipeline, List.of()),
            List.of(),
            output,
            head,
            1,
            1,
            null,
            embedding,
            true);
    return ModelImport.of(onnx, request, binder, new OrtRunner()).version();
  }

  /** Prices of some 50,000, which are linear in the first two of four numbers. */
  private static List<LabelledEvent> homes() {
    Random random = new Random(1);
    List<LabelledEvent> events = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      double[] x = random.doubles(4, -1, 1).toArray();
      ObjectNode event = Chains.event(x).put("city", i % 3 == 0 ? "Wien" : "Graz");
      events.add(new LabelledEvent(event, String.valueOf(price(x))));
    }
    return events;
  }

  private static double price(double... x) {
    return 50_000 + 3_000 * x[0] - 2_000 * x[1];
  }

  private static Map<String, Double> metrics(ModelPackage version) {
    Map<String, Double> metrics = new TreeMap<>();
    for (Metric metric : version.manifest().getMetrics()) {
      metrics.put(metric.getName(), metric.getValue());
    }
    return metrics;
  }

  private static Scored score(LoadedModel model, double... x) throws FeatureException {
    return model.score(List.of(model.featurise(Chains.event(x)))).get(0);
  }

  private static void answersPrices(ModelPackage version, int embedding) throws FeatureException {
    try (LoadedModel model = LoadedModel.load(version)) {
      Scored dear = score(model, 0.8, -0.5, 0, 0);
      assertThat(dear.probabilities()).hasSize(1);
      assertThat((double) dear.probabilities()[0]).isBetween(52_400.0, 54_400.0);
      assertThat(model.decide(dear.probabilities())).isEqualTo("dear");
      assertThat(model.decide(score(model, -0.8, 0.5, 0, 0).probabilities())).isEqualTo("fair");
      assertThat(dear.vector()).hasSize(embedding);
    }
  }

  @Test
  void train_newHead_answersInThePlainUnit_andIsJudgedBySlices() throws FeatureException {
    Pipeline pipeline = pipeline("head");
    ModelPackage untrained = imported(pipeline, Chains.mlp(3, 4, 16, 8), null, LINEAR, null);
    ModelPackage trained = FirstVersion.train(pipeline, untrained, homes(), (done, of) -> {});
    Map<String, Double> metrics = metrics(trained);
    assertThat(metrics)
        .containsKeys(
            "holdout.mae", "holdout.slice.city=Graz.count", "holdout.slice.city=Wien.rmse");
    assertThat(metrics.get("holdout.r2")).isGreaterThan(0.8);
    assertThat(metrics.get("holdout.rmse")).isLessThan(metrics.get("holdout.rmse-constant") / 2);
    try (LoadedModel model = LoadedModel.load(trained)) {
      assertThat(score(model, 0, 0, 0, 0).vector()).hasSize(8);
    }
  }

  @Test
  void train_deeper_leavesTheEmbeddingThatIsGivenBesides() throws FeatureException {
    Pipeline pipeline = pipeline("all");
    ModelPackage untrained = imported(pipeline, Chains.mlp(3, 4, 16, 8, 8), "h3", LINEAR, "r1");
    ModelPackage trained = FirstVersion.train(pipeline, untrained, homes(), (done, of) -> {});
    assertThat(trained.manifest().getLineage().getFreezeReason()).doesNotContain("class");
    answersPrices(trained, 16);
  }

  @Test
  void train_modelWithAnAnswerOfItsOwn_startsFromIt() throws FeatureException {
    Pipeline pipeline = pipeline("head");
    ModelPackage own = imported(pipeline, Chains.mlp(3, 4, 16, 8, 1), null, null, null);
    answersPrices(FirstVersion.train(pipeline, own, homes(), (done, of) -> {}), 8);
  }

  @Test
  void import_ofWhatIsNoNumberOrNoValue_namesTheModelsOutputs() {
    Pipeline pipeline = pipeline("head");
    byte[] onnx = Chains.mlp(3, 4, 16, 8);
    assertThatThrownBy(() -> imported(pipeline, onnx, null, null, null))
        .hasMessageContaining("'h2' float [-1, 8], which is not one number per event")
        .hasMessageContaining("outputs.score");
    assertThatThrownBy(() -> imported(pipeline, onnx, null, LINEAR, "pooled"))
        .hasMessageContaining("no node makes a value 'pooled'; the model's outputs are [h2]");
  }

  @Test
  void train_labelThatIsNoNumber_namesTheEvent() {
    Pipeline pipeline = pipeline("head");
    ModelPackage untrained = imported(pipeline, Chains.mlp(3, 4, 16, 8), null, LINEAR, null);
    List<LabelledEvent> events = new ArrayList<>(homes());
    events.set(1, new LabelledEvent(events.get(1).event(), "cheap"));
    assertThatThrownBy(() -> FirstVersion.train(pipeline, untrained, events, (done, of) -> {}))
        .hasMessageContaining("event 2 has a label that is no finite 32-bit number");
  }
}
