package io.headwater.ops.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.model.onnx.TransferImport;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.ops.data.PretrainedModels.Pretrained;
import io.headwater.schemas.Manifest;
import java.util.Map;
import java.util.Random;

/** The events and models that are measured, generated from fixed seeds. */
final class Workloads {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SHORTEST = 8;
  private static final int LONGEST = 30;
  private static final String[] WORDS =
      ("the battery lasts all day and screen is bright but camera app crashes when light low"
              + " great value for money would buy again arrived late box damaged support answered"
              + " quickly sound quality poor after two weeks works as described easy to set up")
          .split(" ");

  private Workloads() {}

  /** Texts of 8 to 30 words for a sentence encoder with a new head. */
  static Workload texts(Pretrained pretrained, int events) {
    String yaml =
        """
        pipeline: bench.text
        partitions: 1
        event: { id: id }
        model: { pretrained: %s }
        features:
          text: { type: text, fields: [text], maxTokens: 128 }
        labels: [negative, positive]
        """
            .formatted(pretrained.name());
    Pipeline pipeline = PipelineFile.parse("bench.yaml", yaml);
    ModelPackage untrained =
        TransferImport.sentenceEncoder(
            pipeline, pretrained.name(), pretrained.encoder(), pretrained.tokenizer(), 1);
    return new Workload(
        pretrained.name(), yaml, pipeline, declaredTrained(untrained), Workloads::text, events);
  }

  private static byte[] text(int index) {
    Random random = new Random(index);
    int words = SHORTEST + random.nextInt(LONGEST - SHORTEST + 1);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      text.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
    }
    return json(Map.of("id", "e" + index, "text", text.toString().trim()));
  }

  private static byte[] json(Object value) {
    try {
      return JSON.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a map of texts and numbers can always be written", e);
    }
  }

  /** The first weights are as quick as trained ones. */
  private static ModelPackage declaredTrained(ModelPackage untrained) {
    Manifest manifest = Manifest.newBuilder(untrained.manifest()).setTrained(true).build();
    return new ModelPackage(manifest, untrained.blobs());
  }
}
