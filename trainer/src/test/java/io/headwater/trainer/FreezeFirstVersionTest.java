package io.headwater.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.onnx.HeadInput;
import io.headwater.model.onnx.ImportRequest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Metric;
import io.headwater.schemas.Setting;
import io.headwater.trainer.tune.Chains;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FreezeFirstVersionTest {
  private static final int EVENTS = 400;

  private static Pipeline pipeline(String freeze) {
    return Chains.vectors(
        """
        training:
          { freeze: %s, epochs: 15, segmentEpochs: 60, segmentRate: 1, learningRate: 0.02,
            holdout: 100 }
        """
            .formatted(freeze));
  }

  private static ModelPackage untrained(Pipeline pipeline, byte @Nullable [] sample) {
    return Chains.imported(
        pipeline,
        Chains.mlp(3, 8, 16, 6),
        null,
        new ImportRequest.NewHead(0, HeadInput.STANDARDISED),
        sample,
        1);
  }

  /** The class is whether the first two numbers have one sign, which no head on the model sees. */
  private static List<LabelledEvent> signs() {
    Random random = new Random(1);
    List<LabelledEvent> events = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      double[] x = random.doubles(8, -1, 1).toArray();
      events.add(new LabelledEvent(Chains.event(x), x[0] * x[1] > 0 ? "yes" : "no"));
    }
    return events;
  }

  private static byte[] sample(double shift) {
    Random random = new Random(9);
    List<ObjectNode> events = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      events.add(Chains.event(random.doubles(8, shift - 1, shift + 1).toArray()));
    }
    return events.stream()
        .map(ObjectNode::toString)
        .collect(Collectors.joining("\n"))
        .getBytes(UTF_8);
  }

  private static ModelPackage train(String freeze, byte @Nullable [] sample) {
    Pipeline pipeline = pipeline(freeze);
    ModelPackage trained =
        FirstVersion.train(pipeline, untrained(pipeline, sample), signs(), (done, of) -> {});
    // Its goldens hold.
    LoadedModel.load(trained).close();
    return trained;
  }

  private static double accuracy(Manifest manifest) {
    return manifest.getMetrics().stream()
        .filter(metric -> metric.getName().equals("holdout.accuracy"))
        .mapToDouble(Metric::getValue)
        .findFirst()
        .orElseThrow();
  }

  private static double number(Lineage lineage, String name) {
    return lineage.getSettings().stream()
        .filter(setting -> setting.getName().equals(name))
        .map(Setting::getValue)
        .mapToDouble(Double::parseDouble)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void train_allSegments_learnsWhatTheHeadCantAndSaysSo() {
    Manifest head = train("head", null).manifest();
    ModelPackage whole = train("all", null);
    Manifest all = whole.manifest();
    assertThat(accuracy(head)).isLessThan(0.75);
    assertThat(accuracy(all)).isGreaterThan(accuracy(head) + 0.1);
    assertThat(head.getLineage().getFreeze()).isEqualTo("head");
    assertThat(all.getLineage().getFreeze()).isEqualTo("all");
    assertThat(all.getLineage().getFreezeReason())
        .contains("the pipeline says all")
        .contains("all is kept");
    assertThat(number(all.getLineage(), "freeze.all.accuracy"))
        .isGreaterThan(number(all.getLineage(), "freeze.head.accuracy"));
    assertThat(Segments.prefixDigest(all)).isNotEqualTo(Segments.prefixDigest(head));
  }

  @Test
  void train_autoWithoutSample_trainsTheHeadAndSaysThatNothingIsKnown() {
    Lineage lineage = train("auto", null).manifest().getLineage();
    assertThat(lineage.getFreeze()).isEqualTo("head");
    assertThat(lineage.getFreezeReason()).contains("unknown").contains("--source-sample");
  }

  @Test
  void train_autoUnlikeTheSource_goesDeeper() {
    Lineage lineage = train("auto", sample(3)).manifest().getLineage();
    assertThat(number(lineage, "freeze.auc")).isGreaterThan(0.95);
    assertThat(lineage.getFreezeReason()).startsWith("large different");
    assertThat(lineage.getFreeze()).isEqualTo("all");
  }

  @Test
  void train_autoLikeTheSource_measuresThatItIsAlike() {
    Lineage lineage = train("auto", sample(0)).manifest().getLineage();
    assertThat(number(lineage, "freeze.similarity")).isGreaterThan(0.7);
    assertThat(lineage.getFreezeReason()).startsWith("large similar");
  }
}
