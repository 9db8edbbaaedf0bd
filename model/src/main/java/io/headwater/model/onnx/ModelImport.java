package io.headwater.model.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.headwater.model.pack.BlobMap;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.OutputKind;
import io.headwater.schemas.Segment;
import io.headwater.schemas.Setting;
import io.headwater.schemas.TensorSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a version of any ONNX model: lifts its weights, cuts it at its narrow waists, puts a new
 * head behind it where one is asked for, and says what its answer holds.
 */
public final class ModelImport {
  private final ImportRequest request;
  private final FeatureBinder features;
  private final GraphRunner runner;
  private final List<String> notes = new ArrayList<>();

  private ModelImport(ImportRequest request, FeatureBinder features, GraphRunner runner) {
    this.request = request;
    this.features = features;
    this.runner = runner;
  }

  /**
   * Imports a file.
   *
   * @throws IllegalArgumentException naming what in the model, or in the request, can't be followed
   */
  public static Imported of(
      byte[] onnx, ImportRequest request, FeatureBinder features, GraphRunner runner) {
    return new ModelImport(request, features, runner).run(onnx);
  }

  private Imported run(byte[] onnx) {
    ModelProto source = ModelReader.parse("model '" + request.model() + "'", onnx);
    ModelProto lifted = lifted(source);
    boolean wasFixed = BatchAxis.isFixedAtOne(lifted.getGraph());
    if (wasFixed) {
      lifted = BatchAxis.freed(lifted);
      notes.add("its batch was fixed at 1 and was freed");
    }
    boolean invariant = BatchAxis.isInvariant(lifted.getGraph());
    String scored = lifted.getGraph().getOutput(0).getName();
    List<String> besides =
        lifted.getGraph().getOutputList().stream().skip(1).map(ValueInfoProto::getName).toList();
    ImportRequest.NewHead wanted = request.head();
    if (wanted != null) {
      ValueInfoProto answer = Probing.of(lifted, Set.of(), scored, runner).value(scored);
      lifted = pooled(lifted, answer);
      scored = lifted.getGraph().getOutput(0).getName();
    }
    Cutting cutting = Cutting.of(lifted, cuts(lifted));
    Set<String> looked = new LinkedHashSet<>(cutting.crossing());
    looked.addAll(besides);
    Probing probing = Probing.of(lifted, looked, scored, runner);
    besides.forEach(name -> requireVector(Specs.of(probing.value(name))));
    if (!probing.independent() && invariant) {
      throw new IllegalArgumentException(
          wasFixed
              ? "the model takes one event at a time; export it with a free batch axis"
              : "events of one batch change each other's answers, or the first axis is no batch");
    }
    List<ModelProto> models = new ArrayList<>(cutting.models(probing::value));
    if (wanted != null) {
      models.add(head(wanted, lifted, probing.value(scored)));
      scored = models.get(models.size() - 1).getGraph().getOutput(0).getName();
    }
    warnOfShared(cutting, models.size());
    if (!invariant) {
      notes.add("a score depends on its batch: the model quantises activations as it runs");
    }
    return new Imported(sealed(models, lifted, scored, invariant), notes, probing::draw);
  }

  private ModelProto lifted(ModelProto source) {
    GraphProto.Builder graph = source.getGraph().toBuilder();
    String chosen = request.output();
    ValueInfoProto output = chosen == null ? graph.getOutput(0) : inner(graph, chosen);
    String besides = request.embedding();
    ValueInfoProto[] outputs =
        besides == null
            ? new ValueInfoProto[] {output}
            : new ValueInfoProto[] {output, copied(graph, inner(graph, besides).getName())};
    List<String> others = new ArrayList<>();
    graph.getOutputList().stream()
        .map(ValueInfoProto::getName)
        .filter(name -> !name.equals(output.getName()) && !name.equals(besides))
        .forEach(others::add);
    if (!others.isEmpty()) {
      notes.add(
          "it answers with '%s'; left out: %s"
              .formatted(output.getName(), String.join(", ", others)));
    }
    return source.toBuilder()
        .setIrVersion(Math.max(Lifting.IR_VERSION, source.getIrVersion()))
        .clearTrainingInfo()
        .setGraph(Lifting.lift(graph, outputs))
        .build();
  }

  private static ValueInfoProto inner(GraphProto.Builder graph, String name) {
    boolean made =
        graph.getNodeList().stream().anyMatch(node -> node.getOutputList().contains(name));
    if (!made) {
      List<String> outputs = graph.getOutputList().stream().map(ValueInfoProto::getName).toList();
      throw new IllegalArgumentException(
          "no node makes a value '%s'; the model's outputs are %s, and any value in its graph can be named"
              .formatted(name, outputs));
    }
    return ValueInfoProto.newBuilder().setName(name).build();
  }

  /** The same value under a name of its own, which no segment will read. */
  private static ValueInfoProto copied(GraphProto.Builder graph, String value) {
    String copy = Names.unused(Segments.EMBEDDING, graph);
    int maker = 0;
    while (!graph.getNode(maker).getOutputList().contains(value)) {
      maker++;
    }
    graph.addNode(
        maker + 1,
        NodeProto.newBuilder()
            .setName(copy)
            .setOpType("Identity")
            .addInput(value)
            .addOutput(copy)
            .build());
    return ValueInfoProto.newBuilder().setName(copy).build();
  }

  private void requireVector(TensorSpec spec) {
    boolean fixed = spec.getDims().stream().skip(1).allMatch(dim -> dim > 0);
    if (!spec.getType().equals("float") || spec.getDims().size() < 2 || !fixed) {
      throw new IllegalArgumentException(
          "the embedding '%s' is %s %s; name a float value of [batch, width] (outputs.embedding)"
              .formatted(request.embedding(), spec.getType(), spec.getDims()));
    }
  }

  private ModelProto pooled(ModelProto lifted, ValueInfoProto answer) {
    TensorSpec spec = Specs.of(answer);
    int rank = spec.getDims().size();
    int widthAt = rank == 4 ? 1 : rank - 1;
    if (!spec.getType().equals("float")
        || rank < 2
        || rank > 4
        || spec.getDims().get(widthAt) < 1) {
      throw new IllegalArgumentException(
          ("a head can't read '%s', which is %s %s; name a float value of [batch, width],"
                  + " [batch, tokens, width] or [batch, channels, height, width] with --output")
              .formatted(spec.getName(), spec.getType(), spec.getDims()));
    }
    GraphProto.Builder graph = lifted.getGraph().toBuilder();
    String pooled = answer.getName();
    if (rank > 2) {
      Pooling pooling = new Pooling(graph, ModelReader.opset(lifted));
      String mask = mask(graph);
      pooled =
          rank == 4
              ? pooling.imageMean(pooled)
              : mask == null ? pooling.mean(pooled) : pooling.maskedMean(pooled, mask);
    }
    ValueInfoProto rows = Specs.rows(pooled, spec.getDims().get(widthAt));
    List<ValueInfoProto> besides = graph.getOutputList().subList(1, graph.getOutputCount());
    graph = graph.build().toBuilder().clearOutput().addOutput(rows).addAllOutput(besides);
    return lifted.toBuilder().setGraph(graph).build();
  }

  private static @Nullable String mask(GraphProto.Builder graph) {
    return graph.getInputList().stream()
        .filter(input -> input.getName().toLowerCase(Locale.ROOT).contains("mask"))
        .filter(input -> Specs.of(input).getDims().size() == 2)
        .map(ValueInfoProto::getName)
        .findFirst()
        .orElse(null);
  }

  private List<Waists.Waist> cuts(ModelProto lifted) {
    GraphProto.Builder graph = lifted.getGraph().toBuilder();
    return request.cuts().isEmpty() ? Waists.of(graph) : Waists.at(graph, request.cuts());
  }

  private ModelProto head(ImportRequest.NewHead wanted, ModelProto lifted, ValueInfoProto tap) {
    boolean regression = request.regression();
    if (!regression && request.labels().size() < 2) {
      throw new IllegalArgumentException("a new head needs two labels or more (--labels)");
    }
    return HeadGraphs.create(
        Names.unused("head", lifted.getGraph()),
        Names.unused(regression ? "value" : "logits", lifted.getGraph()),
        Specs.of(tap),
        wanted.hidden(),
        regression ? 1 : request.labels().size(),
        wanted.input(),
        request.seed(),
        ModelReader.opset(lifted));
  }

  private void warnOfShared(Cutting cutting, int segments) {
    Set<String> shared = cutting.shared();
    if (!shared.isEmpty()) {
      notes.add(
          "segments share the weights %s: each has them to itself once it is fine-tuned"
              .formatted(brief(shared)));
    }
    if (request.trainable() < 0 || request.trainable() > segments) {
      throw new IllegalArgumentException(
          "%d segments can't be trained; the model has %d"
              .formatted(request.trainable(), segments));
    }
  }

  private ModelPackage sealed(
      List<ModelProto> models, ModelProto lifted, String scored, boolean invariant) {
    List<Segment> segments = new ArrayList<>();
    Set<byte[]> blobs = new LinkedHashSet<>();
    for (int i = 0; i < models.size(); i++) {
      boolean trainable = i >= models.size() - request.trainable();
      SegmentGraphs.Parts parts =
          SegmentGraphs.split(name(i, models.size()), models.get(i), trainable);
      segments.add(parts.segment());
      blobs.addAll(parts.blobs());
    }
    FeatureBinder.Bound bound = features.bind(Specs.of(lifted.getGraph().getInputList()));
    blobs.addAll(bound.blobs());
    ByteBuffer sample = request.sourceSample();
    if (sample != null) {
      byte[] bytes = new byte[sample.remaining()];
      sample.duplicate().get(bytes);
      blobs.add(bytes);
    }
    ModelProto last = models.get(models.size() - 1);
    TensorSpec answer = answer(last, scored);
    Manifest draft =
        Manifest.newBuilder()
            .setFormat(1)
            .setPipeline(request.pipeline())
            .setModel(request.model())
            .setSegments(segments)
            .setBlobs(List.of())
            .setFeatures(bound.features())
            .setLabels(request.labels())
            .setOutput(kind(last, answer))
            .setScored(answer.getName())
            .setThresholds(request.thresholds())
            .setTrained(request.head() == null)
            .setBatchInvariant(invariant)
            .setSourceSample(sample == null ? null : Digest.of(sample))
            .setLineage(lineage())
            .setMetrics(List.of())
            .build();
    return ModelPackage.seal(draft, BlobMap.of(blobs));
  }

  private static TensorSpec answer(ModelProto last, String scored) {
    return last.getGraph().getOutputList().stream()
        .filter(output -> output.getName().equals(scored))
        .map(Specs::of)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the embedding is made behind '%s', which is scored; name one before it, or another to be scored"
                        .formatted(scored)));
  }

  private OutputKind kind(ModelProto last, TensorSpec answer) {
    int labels = request.labels().size();
    if (request.regression()) {
      boolean one = answer.getDims().stream().skip(1).reduce(1L, Math::multiplyExact) == 1;
      if (!one || !answer.getType().equals("float")) {
        throw new IllegalArgumentException(
            "the model answers with '%s' %s %s, which is not one number per event; name another value with outputs.score, or put a head on it (--head linear)"
                .formatted(answer.getName(), answer.getType(), answer.getDims()));
      }
      return OutputKind.VALUES;
    }
    if (labels == 0 || !answer.getType().equals("float")) {
      return OutputKind.VALUES;
    }
    long width = answer.getDims().stream().skip(1).reduce(1L, Math::multiplyExact);
    String made =
        last.getGraph().getNodeList().stream()
            .filter(node -> node.getOutputList().contains(answer.getName()))
            .map(NodeProto::getOpType)
            .findFirst()
            .orElse("");
    if (width == labels) {
      return made.equals("Softmax") ? OutputKind.PROBABILITIES : OutputKind.LOGITS;
    }
    if (width == 1 && labels == 2) {
      return made.equals("Sigmoid") ? OutputKind.PROBABILITY : OutputKind.LOGIT;
    }
    throw new IllegalArgumentException(
        "the model answers with '%s' %s, which is no value per label of %d; put a head on it (--head linear)"
            .formatted(answer.getName(), answer.getDims(), labels));
  }

  private Lineage lineage() {
    ImportRequest.NewHead head = request.head();
    List<Setting> settings = new ArrayList<>();
    if (head != null) {
      settings.add(new Setting("head.hidden", Integer.toString(head.hidden())));
      settings.add(new Setting("head.input", head.input().toString()));
    }
    return Lineage.newBuilder()
        .setRanges(List.of())
        .setExampleCount(0)
        .setSeed(request.seed())
        .setSettings(settings)
        .setRuntime(List.of())
        .setFreeze("the last %d segments train".formatted(request.trainable()))
        .setFreezeReason("imported so")
        .build();
  }

  private static String name(int index, int count) {
    return index == count - 1 && count > 1 ? "head" : "block-" + index;
  }

  private static String brief(Set<String> names) {
    List<String> first = names.stream().limit(3).toList();
    return String.join(", ", first)
        + (names.size() > 3 ? " and " + (names.size() - 3) + " more" : "");
  }
}
