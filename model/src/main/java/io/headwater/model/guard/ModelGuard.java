package io.headwater.model.guard;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.headwater.model.pack.Blobs;
import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.Segment;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * Judges models before any native call and before memory is spent on them.
 *
 * <p>A refusal is a {@link ModelRefusedException} that names its reason and the tensor or node.
 * What the sizes of values say is a lower bound: they are followed as far as they depend on
 * constants alone, and a dim that is only known when the model runs counts as 1.
 *
 * <p>Safe for use by several threads.
 */
public final class ModelGuard {
  private static final ModelGuard STANDARD = new ModelGuard(ModelLimits.of(System.getProperties()));

  private final ModelLimits limits;
  private final VouchedSegments vouched = new VouchedSegments();

  public ModelGuard(ModelLimits limits) {
    this.limits = limits;
  }

  /** The process's guard, with the limits that system properties set. */
  public static ModelGuard standard() {
    return STANDARD;
  }

  public ModelLimits limits() {
    return limits;
  }

  /**
   * Parses a whole ONNX file; its tensors share the array instead of copying it.
   *
   * @param what the bytes are, for messages
   * @throws ModelRefusedException naming what is wrong, and the tensor or node
   */
  public ModelProto file(String what, byte[] bytes) {
    return parse(what, bytes, Set.of());
  }

  /**
   * Parses a segment's graph, whose weights are blobs of their own.
   *
   * @param weights initializers that the blobs fill
   * @throws ModelRefusedException naming what is wrong, and the tensor or node
   */
  public ModelProto skeleton(String what, byte[] bytes, Set<String> weights) {
    return parse(what, bytes, weights);
  }

  /**
   * Judges a version: first its manifest and graphs, then its weights. What was judged before in
   * this process, by digest, is not fetched again.
   *
   * @return the version's blobs; those that were fetched now are held in memory until it is let go
   * @throws ModelRefusedException naming what is wrong, and the tensor or node
   * @throws io.headwater.model.pack.MissingBlobException where a blob can't be had
   */
  public Blobs check(ModelPackage version) {
    return check(version, version.manifest().getSegments());
  }

  /**
   * The same for a version of which only some segments are loaded; the others' blobs are not
   * fetched.
   */
  public Blobs check(ModelPackage version, List<Segment> loaded) {
    SegmentLinks.check(version.manifest());
    return new VersionCheck(this, vouched).check(version, loaded);
  }

  private ModelProto parse(String what, byte[] bytes, Set<String> filledLater) {
    WireScan.check(what, bytes, limits);
    ModelProto model;
    try {
      CodedInputStream in = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
      in.enableAliasing(true);
      in.setRecursionLimit(limits.maxDepth() + 1);
      model = ModelProto.parseFrom(in);
    } catch (IOException e) {
      throw new ModelRefusedException(
          RefusalReason.NOT_A_MODEL, what + " is not an ONNX model: its bytes don't parse", e);
    }
    if (!model.hasGraph() || model.getGraph().getNodeCount() == 0) {
      throw new ModelRefusedException(
          RefusalReason.NOT_A_MODEL, what + " is not an ONNX model: it holds no graph");
    }
    new GraphChecks(what, limits, filledLater).check(model);
    model.getFunctionsList().forEach(f -> new ValueSizes(what, limits).check(f.getNodeList()));
    new ValueSizes(what, limits).check(model.getGraph());
    return model;
  }
}
