package io.headwater.ops.train;

import io.headwater.model.log.StageWriter;
import io.headwater.model.onnx.TransferImport;
import io.headwater.model.pack.AnswerFit;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.PackageDirectory;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.sign.Signing;
import io.headwater.ops.UserError;
import io.headwater.ops.data.PretrainedModels;
import io.headwater.ops.registry.ByHand;
import io.headwater.schemas.Stage;
import io.headwater.trainer.FirstVersion;
import io.headwater.trainer.LabelledEvent;
import io.headwater.trainer.publish.RecordedTraining;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/**
 * Makes a pipeline's first version from a pre-trained model and labelled events, and publishes it.
 */
public record FirstRelease(Pipeline pipeline, Clock clock) {
  private static final String BY = "headwater train --data";

  /**
   * The pipeline's pre-trained model with a new head.
   *
   * @throws UserError where the model can't be had, or the pipeline does not fit it
   */
  public ModelPackage transfer(PretrainedModels models) {
    PretrainedModels.Pretrained pretrained = models.fetch(pipeline.model());
    try {
      return TransferImport.sentenceEncoder(
          pipeline,
          pretrained.name(),
          pretrained.encoder(),
          pretrained.tokenizer(),
          pipeline.training().seed());
    } catch (IllegalArgumentException e) {
      throw new UserError(
          String.valueOf(e.getMessage()), "give the pipeline a model and features that fit", e);
    }
  }

  /**
   * A package that was imported for the pipeline.
   *
   * @throws UserError where the directory holds none, or one for another pipeline or other labels
   */
  public ModelPackage imported(Path directory) {
    ModelPackage read;
    try {
      read = PackageDirectory.read(directory);
      AnswerFit.require(pipeline, read.manifest());
    } catch (IllegalArgumentException e) {
      throw new UserError(
          String.valueOf(e.getMessage()), "make one with `headwater model import`", e);
    }
    if (!read.manifest().getPipeline().equals(pipeline.name())
        || !read.manifest().getLabels().equals(pipeline.labels())) {
      throw new UserError(
          "%s was imported for pipeline '%s' with labels %s, not for '%s' with %s"
              .formatted(
                  directory,
                  read.manifest().getPipeline(),
                  read.manifest().getLabels(),
                  pipeline.name(),
                  pipeline.labels()),
          "import the model again with this pipeline file");
    }
    return read;
  }

  /**
   * Trains the head of an untrained version.
   *
   * @param digest SHA-256 of the file that the events are from
   * @throws UserError where the events do not fit the version or do not suffice
   */
  public ModelPackage train(
      ModelPackage untrained,
      List<LabelledEvent> events,
      FirstVersion.Progress progress,
      String digest) {
    try {
      return FirstVersion.train(
          pipeline, untrained, events, progress, Map.of(RecordedTraining.DATA, digest), null);
    } catch (IllegalArgumentException e) {
      throw new UserError(
          String.valueOf(e.getMessage()), "correct or complete the labelled events", e);
    }
  }

  /**
   * Publishes a version to a stage, at once and without a gate.
   *
   * @param client Kafka client settings: bootstrap servers, security; by {@code consumer.} or
   *     {@code producer.} those of one kind
   */
  public StageWriter.Written publish(
      ModelPackage version, Stage stage, Map<String, Object> client, Signing signing) {
    return new ByHand(pipeline, client, signing, clock, BY)
        .publish(version, stage, "trained offline on labelled events, published by hand", false);
  }
}
