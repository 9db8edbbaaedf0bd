package io.headwater.ops.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.featurise.FeatureBinding;
import io.headwater.model.featurise.Statistics;
import io.headwater.model.onnx.FeatureBinder;
import io.headwater.model.onnx.HeadInput;
import io.headwater.model.onnx.ImportRequest;
import io.headwater.model.onnx.MlpGraphs;
import io.headwater.model.onnx.ModelImport;
import io.headwater.model.onnx.TransferImport;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.model.runtime.OrtRunner;
import io.headwater.ops.data.PretrainedModels.Pretrained;
import io.headwater.ops.models.PlainImport;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.serde.HttpSchemaRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** The events and models that are measured, generated from fixed seeds. */
final class Workloads {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TEXT_BATCH = 32;
  private static final int NUMBERS_BATCH = 256;
  private static final int NUMBERS = 30;
  private static final List<Integer> WIDTHS = List.of(NUMBERS, 64, 32, 1);
  private static final int SHORTEST = 8;
  private static final int LONGEST = 30;
  private static final String[] WORDS =
      ("the battery lasts all day and screen is bright but camera app crashes when light low"
              + " great value for money would buy again arrived late box damaged support answered"
              + " quickly sound quality poor after two weeks works as described easy to set up")
          .split(" ");

  private Workloads() {}

  /**
   * Texts of 8 to 30 words for a sentence encoder with a new head.
   *
   * @param trainable how many trailing segments another version may replace: the head, and blocks
   */
  static Workload texts(Pretrained pretrained, int events, int trainable) {
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
        trainable == 1
            ? TransferImport.sentenceEncoder(
                pipeline, pretrained.name(), pretrained.encoder(), pretrained.tokenizer(), 1)
            : inBlocks(pipeline, pretrained, trainable);
    return new Workload(
        pretrained.name(), yaml, declaredTrained(untrained), Workloads::text, events, TEXT_BATCH);
  }

  /** Rows of 30 numbers, as JSON, for a network of layers of 64 and 32. */
  static Workload numbers(int events, int trainable) {
    return numbers("mlp", "format: json\n", Workloads::row, events, trainable);
  }

  /** The same as Avro. */
  static Workload avroNumbers(int events, URI registry) {
    SchemaBuilder.FieldAssembler<Schema> fields =
        SchemaBuilder.record("Row").fields().requiredString("id");
    for (int i = 0; i < NUMBERS; i++) {
      fields = fields.requiredDouble(field(i));
    }
    Schema schema = fields.endRecord();
    int id = new HttpSchemaRegistry(registry).register("rows", schema);
    return numbers(
        "mlp-avro",
        "format: avro\nregistry: " + registry + "\n",
        index -> avroRow(schema, id, index),
        events,
        1);
  }

  private static Workload numbers(
      String name, String wire, IntFunction<byte[]> event, int events, int trainable) {
    String yaml =
        """
        pipeline: bench.%s
        partitions: 1
        event: { id: id }
        model: { pretrained: none }
        features:
          numbers: { type: numeric, fields: [%s], mean: [5], deviation: [4] }
        labels: [negative, positive]
        """
                .formatted(
                    name,
                    IntStream.range(0, NUMBERS)
                        .mapToObj(Workloads::field)
                        .collect(Collectors.joining(", ")))
            + wire;
    Pipeline pipeline = PipelineFile.parse("bench.yaml", yaml);
    ModelPackage version = PlainImport.of(pipeline, "mlp", MlpGraphs.sigmoid(WIDTHS, 1), trainable);
    return new Workload(name, yaml, version, event, events, NUMBERS_BATCH);
  }

  private static ModelPackage inBlocks(Pipeline pipeline, Pretrained pretrained, int trainable) {
    ImportRequest request =
        new ImportRequest(
            pipeline.name(),
            pretrained.name(),
            pipeline.labels(),
            List.of(),
            List.of(),
            null,
            new ImportRequest.NewHead(0, HeadInput.STANDARDISED),
            trainable,
            1,
            null);
    FeatureBinder binder =
        inputs ->
            new FeatureBinder.Bound(
                FeatureBinding.bind(pipeline, inputs, pretrained.tokenizer(), Statistics.none()),
                List.of(pretrained.tokenizer()));
    return ModelImport.of(pretrained.encoder(), request, binder, new OrtRunner()).version();
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

  private static byte[] row(int index) {
    ObjectNode row = JSON.createObjectNode();
    row.put("id", "e" + index);
    double[] numbers = random(index);
    for (int i = 0; i < NUMBERS; i++) {
      row.put(field(i), numbers[i]);
    }
    return json(row);
  }

  private static byte[] avroRow(Schema schema, int id, int index) {
    GenericData.Record row = new GenericData.Record(schema);
    row.put("id", "e" + index);
    double[] numbers = random(index);
    for (int i = 0; i < NUMBERS; i++) {
      row.put(field(i), numbers[i]);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    try {
      out.write(ByteBuffer.allocate(1 + Integer.BYTES).put((byte) 0).putInt(id).array());
      new GenericDatumWriter<GenericData.Record>(schema).write(row, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("memory can't fail to be written to", e);
    }
    return out.toByteArray();
  }

  /** Whole numbers, and numbers with one and with two digits behind the point, in turns. */
  private static double[] random(int index) {
    Random random = new Random(index);
    double[] numbers = new double[NUMBERS];
    for (int i = 0; i < NUMBERS; i++) {
      double scale = Math.pow(10, i % 3);
      numbers[i] = Math.round(random.nextDouble() * 12 * scale) / scale;
    }
    return numbers;
  }

  private static String field(int index) {
    return index < 26 ? String.valueOf((char) ('a' + index)) : "a" + (char) ('a' + index - 26);
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
