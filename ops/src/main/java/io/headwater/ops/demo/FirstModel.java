package io.headwater.ops.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.model.log.StageWriter;
import io.headwater.model.onnx.TransferImport;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.sign.Signing;
import io.headwater.ops.data.LabelledItem;
import io.headwater.ops.data.PretrainedModels.Pretrained;
import io.headwater.ops.demo.PrequentialReferences.Known;
import io.headwater.ops.registry.ByHand;
import io.headwater.schemas.Stage;
import io.headwater.trainer.FirstVersion;
import io.headwater.trainer.LabelledEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The version that a run starts with: a pre-trained encoder with a head for the source task.
 *
 * @param source what its head was trained on
 */
record FirstModel(ModelPackage version, Known source) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BY = "demo";

  /** Cuts the encoder, runs it over the source task and trains the head. */
  static FirstModel train(DemoPlan plan, Pretrained pretrained, Consumer<String> progress) {
    Pipeline pipeline = plan.pipeline();
    ModelPackage untrained =
        TransferImport.sentenceEncoder(
            pipeline,
            pretrained.name(),
            pretrained.encoder(),
            pretrained.tokenizer(),
            pipeline.training().seed());
    List<LabelledEvent> events = new ArrayList<>();
    for (LabelledItem item : plan.source()) {
      events.add(event(item));
    }
    Activations kept = new Activations(progress);
    ModelPackage trained = FirstVersion.train(pipeline, untrained, events, kept);
    int[] classes =
        plan.source().stream().mapToInt(item -> pipeline.labels().indexOf(item.label())).toArray();
    return new FirstModel(trained, new Known(kept.values, classes));
  }

  /** Puts it straight into production. */
  void publish(Pipeline pipeline, Map<String, Object> client, Signing signing) {
    StageWriter.Written unused =
        new ByHand(pipeline, client, signing, Clock.systemUTC(), BY)
            .publish(version, Stage.PRODUCTION, "first version, trained on the source task", false);
  }

  private static LabelledEvent event(LabelledItem item) {
    try {
      return new LabelledEvent(JSON.readTree(Feeder.event(item)), item.label());
    } catch (IOException e) {
      throw new UncheckedIOException("an event that was just written can be read", e);
    }
  }

  /** Keeps what the backbone answered, and says how far it is. */
  private static final class Activations implements FirstVersion.Progress {
    private static final int SAID_EVERY = 4;

    private final Consumer<String> progress;
    private float[][] values = new float[0][];
    private int quarters;

    Activations(Consumer<String> progress) {
      this.progress = progress;
    }

    @Override
    public void embedded(int done, int of) {
      if (done * SAID_EVERY / of > quarters) {
        quarters = done * SAID_EVERY / of;
        progress.accept("Backbone run over %d of %d".formatted(done, of));
      }
    }

    @Override
    public void activations(float[][] answered) {
      values = answered;
    }
  }
}
