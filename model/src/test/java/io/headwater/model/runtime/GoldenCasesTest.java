package io.headwater.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.headwater.model.featurise.Features;
import io.headwater.model.guard.ModelGuard;
import io.headwater.model.guard.ModelLimits;
import io.headwater.model.guard.ModelRefusedException;
import io.headwater.model.guard.RefusalReason;
import io.headwater.model.onnx.HeadInput;
import io.headwater.model.onnx.ToyEncoder;
import io.headwater.model.onnx.TransferImport;
import io.headwater.model.pack.GoldenBlobs;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.schemas.GoldenTensor;
import io.headwater.schemas.Goldens;
import io.headwater.schemas.Manifest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GoldenCasesTest {
  private static final List<Features> SAMPLES =
      List.of(
          new Features(new long[] {2, 4, 3}),
          new Features(new long[] {2, 5, 6, 7, 3}),
          new Features(new long[] {2, 3}));

  private final ModelPackage toy = ToyEncoder.packaged(0);

  @AfterEach
  void everySessionIsClosed() {
    assertThat(SegmentSession.openCount()).isZero();
  }

  @Test
  void seal_version_loadsWithGoldensOfItsOwn() {
    ModelPackage version = GoldenCases.seal(toy, cases(toy));

    LoadedModel.load(version).close();

    Goldens goldens = version.manifest().getGoldens();
    assertThat(Segments.references(version.manifest()))
        .contains(goldens.getCases(), goldens.getOutputs());
    assertThat(GoldenBlobs.read(version.blobs().get(goldens.getCases()))).hasSize(3);
    assertThat(GoldenBlobs.rows(GoldenBlobs.read(version.blobs().get(goldens.getOutputs())).get(0)))
        .hasDimensions(3, 2);
  }

  @Test
  void renew_childWithOtherWeights_sharesTheCasesAndAnswersOtherwise() {
    ModelPackage parent = GoldenCases.seal(toy, cases(toy));
    ModelPackage trained = child(parent, 5);
    ModelPackage child = GoldenCases.renew(trained, parent);

    LoadedModel.load(child).close();

    assertThat(trained.manifest().getGoldens()).isNull();
    assertThat(child.manifest().getGoldens().getCases())
        .isEqualTo(parent.manifest().getGoldens().getCases());
    assertThat(child.manifest().getGoldens().getOutputs())
        .isNotEqualTo(parent.manifest().getGoldens().getOutputs());
  }

  @Test
  void renew_whereNothingIsFrozen_runsTheWholeChild() {
    Manifest draft = Manifest.newBuilder(toy.manifest()).build();
    draft.getSegments().forEach(segment -> segment.setTrainable(true));
    ModelPackage whole = toy.withSegments(draft, List.of());
    ModelPackage parent = GoldenCases.seal(whole, cases(whole));
    ModelPackage child = GoldenCases.renew(child(parent, 5), parent);

    LoadedModel.load(child).close();

    assertThat(child.manifest().getGoldens().getOutputs())
        .isNotEqualTo(parent.manifest().getGoldens().getOutputs());
  }

  @Test
  void load_goldensOfAnotherHead_isRefused() {
    ModelPackage parent = GoldenCases.seal(toy, cases(toy));
    Goldens goldens = parent.manifest().getGoldens();
    ModelPackage impostor =
        child(parent, 5)
            .withGoldens(
                parent.blobs().get(goldens.getCases()),
                parent.blobs().get(goldens.getOutputs()),
                goldens.getTolerance());

    refused(impostor, ModelGuard.standard(), RefusalReason.GOLDENS, "golden case 0");
  }

  @Test
  void load_newHeadBesideItsParent_provesTheHeadAlone() {
    ModelPackage parent = GoldenCases.seal(toy, cases(toy));
    ModelPackage child = withInputsThatCannotBeRun(GoldenCases.renew(child(parent, 5), parent));

    try (LoadedModel beside = LoadedModel.load(parent)) {
      LoadedModel.load(child).close();
      assertThat(beside.times().prove()).isPositive();
    }

    refused(child, ModelGuard.standard(), RefusalReason.GOLDENS, "can't be run");
  }

  @Test
  void load_wrongHeadBesideItsParent_isRefused() {
    ModelPackage parent = GoldenCases.seal(toy, cases(toy));
    Goldens goldens = parent.manifest().getGoldens();
    ModelPackage impostor =
        child(parent, 5)
            .withGoldens(
                parent.blobs().get(goldens.getCases()),
                parent.blobs().get(goldens.getOutputs()),
                goldens.getTolerance());

    try (LoadedModel beside = LoadedModel.load(parent)) {
      refused(impostor, ModelGuard.standard(), RefusalReason.GOLDENS, "golden case 0");
      assertThat(beside.version()).isNotEqualTo(impostor.version());
    }
  }

  @Test
  void first_ofCases_cutsEveryInputBehindTheSameRow() {
    List<GoldenTensor> cases =
        List.of(
            GoldenBlobs.of("ids", List.of(new float[] {1, 2}, new float[] {3, 4}, new float[2])),
            GoldenBlobs.of("mask", List.of(new float[] {5}, new float[] {6}, new float[1])));

    List<GoldenTensor> first = Proof.first(2, 3, cases);

    assertThat(GoldenBlobs.rows(first.get(0))).isEqualTo(new float[][] {{1, 2}, {3, 4}});
    assertThat(GoldenBlobs.rows(first.get(1))).isEqualTo(new float[][] {{5}, {6}});
    assertThat(Proof.first(3, 3, cases)).isEqualTo(cases);
  }

  @Test
  void load_headWithoutGoldensBesideItsParent_runsOnce() {
    try (LoadedModel beside = LoadedModel.load(toy);
        LoadedModel child = LoadedModel.load(child(toy, 5))) {
      assertThat(child.prefixDigest()).isEqualTo(beside.prefixDigest());
    }
  }

  @Test
  void load_goldensOfAnotherModelsInputs_isRefused() {
    byte[] cases =
        GoldenBlobs.write(
            List.of(
                GoldenBlobs.of("pixels", List.of(new float[4])),
                GoldenBlobs.of("activations", List.of(new float[4]))));

    refused(
        GoldenCases.seal(toy, cases), ModelGuard.standard(), RefusalReason.GOLDENS, "'input_ids'");
  }

  @Test
  void load_goldensThatAreNoTensors_isRefused() {
    ModelPackage version = toy.withGoldens(new byte[] {7, 7, 7}, new byte[] {9}, 1);

    refused(version, ModelGuard.standard(), RefusalReason.GOLDENS, "can't be read");
  }

  @Test
  void load_modelSlowerThanItsLimit_isRefusedLongBeforeItIsDone() {
    Properties limit = new Properties();
    limit.setProperty("headwater.guard.max-run-ms", "100");
    long started = System.nanoTime();

    refused(
        slow(),
        new ModelGuard(ModelLimits.of(limit)),
        RefusalReason.TOO_SLOW,
        "longer than 100 ms");

    // Unbounded it takes 400 products of 2 * 1,024^3 operations.
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(20));
  }

  private static void refused(
      ModelPackage version, ModelGuard guard, RefusalReason reason, String message) {
    assertThatThrownBy(() -> LoadedModel.load(version, guard).close())
        .isInstanceOfSatisfying(
            ModelRefusedException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasStackTraceContaining(message);
  }

  private static byte[] cases(ModelPackage version) {
    try (LoadedModel model = LoadedModel.load(version)) {
      return GoldenCases.of(model, SAMPLES);
    }
  }

  private static ModelPackage child(ModelPackage parent, float slope) {
    return parent.withHeadWeights(
        Map.of("head.output.bias", new float[] {slope, 0}),
        parent.manifest().getLineage(),
        null,
        List.of());
  }

  /** The same activations and answers, made of tokens that no vocabulary has. */
  private static ModelPackage withInputsThatCannotBeRun(ModelPackage version) {
    Goldens goldens = version.manifest().getGoldens();
    List<GoldenTensor> cases = GoldenBlobs.read(version.blobs().get(goldens.getCases()));
    cases.stream()
        .filter(tensor -> tensor.getName().equals("input_ids"))
        .forEach(
            tensor -> {
              byte[] values = new byte[tensor.getValues().remaining()];
              Arrays.fill(values, (byte) 1);
              tensor.setValues(ByteBuffer.wrap(values));
            });
    return version.withGoldens(
        GoldenBlobs.write(cases),
        version.blobs().get(goldens.getOutputs()),
        goldens.getTolerance());
  }

  /** An encoder that multiplies large matrices, made from its input, for minutes on end. */
  private static ModelPackage slow() {
    try {
      ModelProto model = ModelProto.parseFrom(ToyEncoder.bytes(ToyEncoder.PLAIN));
      GraphProto.Builder graph = model.getGraph().toBuilder();
      GraphProto.Builder slow = graph.clone().clearNode();
      slow.addInitializer(
          TensorProto.newBuilder()
              .setName("square")
              .setDataType(1)
              .addDims(1_024)
              .addDims(1_024)
              .setRawData(ByteString.copyFrom(new byte[4 * 1_024 * 1_024])));
      slow.addNode(node("Gather", "first", "embeddings", "input_ids"));
      slow.addNode(node("ReduceSum", "sum", "first"));
      slow.addNode(node("Add", "m0", "sum", "square"));
      slow.addNode(node("Squeeze", "v0", "m0"));
      int products = 400;
      for (int i = 0; i < products; i++) {
        slow.addNode(node("MatMul", "p" + i, "v" + i, "v" + i));
        slow.addNode(node("Tanh", "v" + (i + 1), "p" + i));
      }
      slow.addNode(node("ReduceMean", "mean", "v" + products));
      slow.addNode(node("Add", "hidden", "first", "mean"));
      return TransferImport.sentenceEncoder(
          ToyEncoder.pipeline(0, Map.of()),
          "slow",
          model.toBuilder().setGraph(slow).build().toByteArray(),
          ToyEncoder.tokenizer(),
          7,
          HeadInput.AS_IS);
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static NodeProto.Builder node(String type, String output, String... inputs) {
    return NodeProto.newBuilder().setOpType(type).addAllInput(List.of(inputs)).addOutput(output);
  }
}
