package io.headwater.ops;

import static io.headwater.ops.TinyMlp.ANSWER;
import static io.headwater.ops.TinyMlp.LABELS;
import static io.headwater.ops.TinyMlp.TAP;
import static io.headwater.ops.TinyMlp.WIDTH;
import static io.headwater.ops.TinyMlp.node;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import io.headwater.model.guard.RefusalReason;
import io.headwater.model.pack.BlobMap;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Goldens;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Segment;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A version that holds together, on the backbone of a sound one, and that no scorer may put in
 * force.
 *
 * @param reason for which it must be refused
 */
record HostileVersion(String what, RefusalReason reason, ModelPackage version) {
  private static final int SQUARE = 1_024;
  private static final int PRODUCTS = 200;

  /**
   * One of each kind.
   *
   * @param sound a {@link TinyMlp} with goldens
   * @param other one whose head reads another number of values
   */
  static List<HostileVersion> all(ModelPackage sound, ModelPackage other) {
    return List.of(
        new HostileVersion("bomb", RefusalReason.BOMB, withHead(sound, bomb())),
        new HostileVersion(
            "head of another backbone", RefusalReason.INTERFACE, withHeadOf(sound, other)),
        new HostileVersion("NaN", RefusalReason.NOT_FINITE, TinyMlp.withBias(sound, Float.NaN)),
        new HostileVersion(
            "infinity", RefusalReason.NOT_FINITE, TinyMlp.withBias(sound, Float.POSITIVE_INFINITY)),
        new HostileVersion(
            "external data", RefusalReason.EXTERNAL_DATA, withHead(sound, external())),
        new HostileVersion("operator", RefusalReason.OPERATOR, withHead(sound, operator())),
        new HostileVersion(
            "overflow of dims", RefusalReason.TENSOR_SIZE, withHead(sound, overflow())),
        new HostileVersion("other goldens", RefusalReason.GOLDENS, impostor(sound)),
        new HostileVersion("slow", RefusalReason.TOO_SLOW, withHead(sound, slow())));
  }

  /** A file of some 120 bytes that asks for 4 TiB. */
  static byte[] bomb() {
    return TinyMlp.model(
        head()
            .addInitializer(
                TensorProto.newBuilder()
                    .setName("s")
                    .setDataType(DataType.INT64.getNumber())
                    .addDims(2)
                    .addInt64Data(1 << 20)
                    .addInt64Data(1 << 20))
            .addNode(node("ConstantOfShape", ANSWER, "s")));
  }

  private static byte[] external() {
    return TinyMlp.model(
        head()
            .addInitializer(
                floats("w", WIDTH, LABELS)
                    .setDataLocation(DataLocation.EXTERNAL)
                    .addExternalData(
                        StringStringEntryProto.newBuilder()
                            .setKey("location")
                            .setValue("/etc/passwd")))
            .addNode(node("MatMul", ANSWER, TAP, "w")));
  }

  /** ONNX Runtime would open the file that such a node names. */
  private static byte[] operator() {
    return TinyMlp.model(head().addNode(node("EPContext", ANSWER, TAP).setDomain("com.microsoft")));
  }

  private static byte[] overflow() {
    return TinyMlp.model(
        head()
            .addInitializer(floats("w", 1L << 33, 1L << 33))
            .addNode(node("MatMul", ANSWER, TAP, "w")));
  }

  /** Multiplies large matrices, made from its input, for some seconds. */
  private static byte[] slow() {
    GraphProto.Builder graph =
        head()
            .addInitializer(
                floats("square", SQUARE, SQUARE)
                    .setRawData(ByteString.copyFrom(new byte[4 * SQUARE * SQUARE])))
            .addInitializer(
                floats("w", WIDTH, LABELS)
                    .setRawData(ByteString.copyFrom(new byte[4 * WIDTH * LABELS])))
            .addNode(node("ReduceSum", "sum", TAP))
            .addNode(node("Add", "v0", "sum", "square"));
    for (int i = 0; i < PRODUCTS; i++) {
      graph.addNode(node("MatMul", "p" + i, "v" + i, "v" + i));
      graph.addNode(node("Tanh", "v" + (i + 1), "p" + i));
    }
    graph.addNode(node("ReduceMean", "mean", "v" + PRODUCTS));
    graph.addNode(node("MatMul", "plain", TAP, "w"));
    return TinyMlp.model(graph.addNode(node("Add", ANSWER, "plain", "mean")));
  }

  private static ModelPackage impostor(ModelPackage sound) {
    Goldens goldens = sound.manifest().getGoldens();
    return TinyMlp.withBias(sound, 5)
        .withGoldens(
            sound.blobs().get(goldens.getCases()),
            sound.blobs().get(goldens.getOutputs()),
            goldens.getTolerance());
  }

  /** A graph that reads and gives what a sound head does, yet without nodes. */
  private static GraphProto.Builder head() {
    return GraphProto.newBuilder()
        .setName("h")
        .addInput(TinyMlp.rows(TAP, WIDTH))
        .addOutput(TinyMlp.rows(ANSWER, LABELS));
  }

  private static TensorProto.Builder floats(String name, long rows, long columns) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(DataType.FLOAT.getNumber())
        .addDims(rows)
        .addDims(columns);
  }

  private static ModelPackage withHead(ModelPackage sound, byte[] graph) {
    Segment head = last(sound.manifest());
    return withHead(
        sound,
        new Segment(
            head.getName(), Digest.of(graph), List.of(), head.getInputs(), head.getOutputs(), true),
        Set.of(graph));
  }

  private static ModelPackage withHeadOf(ModelPackage sound, ModelPackage other) {
    return withHead(sound, last(other.manifest()), blobs(other));
  }

  private static ModelPackage withHead(ModelPackage sound, Segment head, Set<byte[]> more) {
    Manifest draft = Manifest.newBuilder(sound.manifest()).build();
    List<Segment> segments = new ArrayList<>(draft.getSegments());
    segments.set(segments.size() - 1, head);
    draft.setSegments(segments);
    draft.setGoldens(null);
    Set<byte[]> blobs = blobs(sound);
    blobs.addAll(more);
    return ModelPackage.seal(draft, BlobMap.of(blobs));
  }

  private static Segment last(Manifest manifest) {
    return manifest.getSegments().get(manifest.getSegments().size() - 1);
  }

  private static Set<byte[]> blobs(ModelPackage version) {
    Set<byte[]> blobs = new LinkedHashSet<>();
    for (BlobRef blob : version.manifest().getBlobs()) {
      blobs.add(version.blobs().get(blob.getDigest()));
    }
    return blobs;
  }
}
