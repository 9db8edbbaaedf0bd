package io.headwater.ops.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.model.featurise.FeatureBinding;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Statistics;
import io.headwater.model.onnx.FeatureBinder;
import io.headwater.model.onnx.HeadInput;
import io.headwater.model.onnx.ImportRequest;
import io.headwater.model.onnx.ModelImport;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.model.runtime.OrtRunner;
import io.headwater.ops.data.PretrainedModels.Pretrained;
import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Setting;
import io.headwater.trainer.FirstVersion;
import io.headwater.trainer.LabelledEvent;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Trains a first version at one depth and measures it.
 *
 * @param model the encoder
 * @param source events that stand for what it was trained on
 */
record FreezeTrial(Pretrained model, List<LabelledEvent> source) {
  private static final double NANOS = 1e9;

  /**
   * What came of it.
   *
   * @param accuracy on events that no training saw
   * @param auc how well the source is told from the target; not a number where that was not asked
   * @param seconds the whole training took
   * @param bytes of blobs that are new in the version
   * @param freeze what trained
   */
  record Result(double accuracy, double auc, double seconds, long bytes, String freeze) {}

  Result run(
      List<String> labels, String rule, List<LabelledEvent> events, List<LabelledEvent> tested) {
    Pipeline pipeline =
        PipelineFile.parse(
            "bench.yaml",
            """
            pipeline: bench
            model: { pretrained: all-minilm-l6-v2 }
            labels: [%s]
            features:
              text: { type: text, fields: [text], maxTokens: 64 }
            training: { freeze: "%s", learningRate: 0.001 }
            """
                .formatted(String.join(", ", labels), rule));
    ModelPackage untrained = untrained(pipeline);
    long started = System.nanoTime();
    ModelPackage trained = FirstVersion.train(pipeline, untrained, events, (done, of) -> {});
    double seconds = (System.nanoTime() - started) / NANOS;
    Lineage lineage = trained.manifest().getLineage();
    return new Result(
        accuracy(trained, tested),
        number(lineage, "freeze.auc"),
        seconds,
        newBytes(untrained, trained),
        lineage.getFreeze());
  }

  private ModelPackage untrained(Pipeline pipeline) {
    FeatureBinder binder =
        inputs ->
            new FeatureBinder.Bound(
                FeatureBinding.bind(pipeline, inputs, model.tokenizer(), Statistics.none()),
                List.of(model.tokenizer()));
    byte[] sample =
        source.stream()
            .map(event -> event.event().toString())
            .collect(Collectors.joining("\n"))
            .getBytes(UTF_8);
    ImportRequest request =
        new ImportRequest(
            pipeline.name(),
            model.name(),
            pipeline.labels(),
            List.of(),
            List.of(),
            null,
            new ImportRequest.NewHead(0, HeadInput.STANDARDISED),
            1,
            pipeline.training().seed(),
            ByteBuffer.wrap(sample));
    return ModelImport.of(model.encoder(), request, binder, new OrtRunner()).version();
  }

  private static double accuracy(ModelPackage version, List<LabelledEvent> tested) {
    int right = 0;
    try (LoadedModel loaded = LoadedModel.load(version)) {
      for (LabelledEvent event : tested) {
        float[] answer =
            loaded.score(List.of(loaded.featurise(event.event()))).get(0).probabilities();
        right += loaded.decide(answer).equals(event.label()) ? 1 : 0;
      }
    } catch (FeatureException e) {
      throw new IllegalStateException("a text that was just written has its field", e);
    }
    return (double) right / tested.size();
  }

  private static double number(Lineage lineage, String name) {
    return lineage.getSettings().stream()
        .filter(setting -> setting.getName().equals(name))
        .map(Setting::getValue)
        .mapToDouble(Double::parseDouble)
        .findFirst()
        .orElse(Double.NaN);
  }

  private static long newBytes(ModelPackage parent, ModelPackage child) {
    Set<String> known =
        parent.manifest().getBlobs().stream().map(BlobRef::getDigest).collect(Collectors.toSet());
    return child.manifest().getBlobs().stream()
        .filter(blob -> !known.contains(blob.getDigest()))
        .mapToLong(BlobRef::getBytes)
        .sum();
  }
}
