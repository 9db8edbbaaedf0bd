package io.headwater.model.guard;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.headwater.model.pack.Blobs;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Segment;
import io.headwater.schemas.Weight;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Judges the blobs of a version's segments: all graphs before the first weight is fetched.
 *
 * <p>Not safe for use by several threads.
 */
final class VersionCheck {
  private final ModelGuard guard;
  private final VouchedSegments vouched;
  private final Map<String, byte[]> fetched = new HashMap<>();

  VersionCheck(ModelGuard guard, VouchedSegments vouched) {
    this.guard = guard;
    this.vouched = vouched;
  }

  Blobs check(ModelPackage version, List<Segment> loaded) {
    Map<String, Long> sizes = new HashMap<>();
    for (BlobRef blob : version.manifest().getBlobs()) {
      sizes.put(blob.getDigest(), blob.getBytes());
    }
    Map<Segment, ModelProto> unknown = new LinkedHashMap<>();
    for (Segment segment : loaded) {
      if (!vouched.contains(name(segment))) {
        unknown.put(segment, graph(segment, version.blobs(), sizes));
      }
    }
    unknown.forEach((segment, graph) -> weights(segment, graph, version.blobs()));
    unknown.keySet().forEach(segment -> vouched.add(name(segment)));
    Map<String, byte[]> held = Map.copyOf(fetched);
    return digest -> {
      byte[] bytes = held.get(digest);
      return bytes == null ? version.blobs().get(digest) : bytes;
    };
  }

  private ModelProto graph(Segment segment, Blobs blobs, Map<String, Long> sizes) {
    String what = "segment '" + segment.getName() + "'";
    Map<String, String> weights = new HashMap<>();
    for (Weight weight : segment.getWeights()) {
      if (weights.put(weight.getName(), weight.getDigest()) != null) {
        throw refused(RefusalReason.NAME, what + " names weight '" + weight.getName() + "' twice");
      }
    }
    ModelProto model = guard.skeleton(what, fetch(segment.getGraph(), blobs), weights.keySet());
    SegmentLinks.matches(what, segment, model.getGraph());
    Set<String> unfilled = new HashSet<>(weights.keySet());
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      if (!unfilled.remove(tensor.getName())) {
        continue;
      }
      String where = what + ": weight '" + tensor.getName() + "'";
      Long bytes = sizes.get(weights.get(tensor.getName()));
      long wanted = TensorChecks.bytes(where, tensor);
      if (bytes == null || bytes != wanted) {
        throw refused(
            RefusalReason.TENSOR_SIZE,
            "%s is a blob of %s bytes; its dims %s and type ask for %d"
                .formatted(where, bytes, tensor.getDimsList(), wanted));
      }
    }
    if (!unfilled.isEmpty()) {
      throw refused(
          RefusalReason.INTERFACE, what + " has weights that its graph lacks: " + unfilled);
    }
    return model;
  }

  private void weights(Segment segment, ModelProto model, Blobs blobs) {
    Map<String, TensorProto> tensors = new HashMap<>();
    model.getGraph().getInitializerList().forEach(t -> tensors.put(t.getName(), t));
    for (Weight weight : segment.getWeights()) {
      TensorProto tensor = tensors.get(weight.getName());
      String where = "segment '%s': weight '%s'".formatted(segment.getName(), weight.getName());
      if (tensor == null) {
        throw refused(RefusalReason.INTERFACE, where + " is not in its graph");
      }
      byte[] bytes = fetch(weight.getDigest(), blobs);
      if (bytes.length != TensorChecks.bytes(where, tensor)) {
        throw refused(
            RefusalReason.TENSOR_SIZE,
            where + " has " + bytes.length + " bytes, which its dims and type don't ask for");
      }
      TensorChecks.finite(where, TensorChecks.type(tensor), ByteBuffer.wrap(bytes));
    }
  }

  private byte[] fetch(String digest, Blobs blobs) {
    return fetched.computeIfAbsent(digest, blobs::get);
  }

  private static String name(Segment segment) {
    return Segments.digest(List.of(segment)) + segment.getInputs() + segment.getOutputs();
  }

  private static ModelRefusedException refused(RefusalReason reason, String problem) {
    return new ModelRefusedException(reason, problem);
  }
}
