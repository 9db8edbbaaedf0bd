package io.headwater.model.onnx;

import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Segment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * How far an imported model's answers lie from the original's on random inputs, as the largest
 * absolute difference of any value.
 *
 * @param exported of the one file that is exported
 * @param chained of the segments run one after the other
 */
public record ModelComparison(double exported, double chained) {
  /** Runs all three on as many events, one by one. */
  public static ModelComparison of(
      byte[] original, Imported imported, int events, GraphRunner runner) {
    ModelPackage version = imported.version();
    Manifest manifest = version.manifest();
    Random random = new Random(1);
    List<Map<String, HostTensor>> inputs = new ArrayList<>();
    for (int i = 0; i < events; i++) {
      inputs.add(imported.randomInputs(1, random));
    }
    List<HostTensor> expected;
    ByteBuffer source = HostTensor.direct(original.length).put(original).flip();
    try (GraphRunner.Loaded loaded = runner.load(source)) {
      expected = answers(inputs, List.of(loaded), manifest.getScored());
    }
    List<HostTensor> whole;
    ByteBuffer exported =
        SegmentGraphs.assemble(
            manifest.getSegments(), version.blobs(), Set.of(manifest.getScored()));
    try (GraphRunner.Loaded loaded = runner.load(exported)) {
      whole = answers(inputs, List.of(loaded), manifest.getScored());
    }
    List<GraphRunner.Loaded> chain = new ArrayList<>();
    try {
      for (Segment segment : manifest.getSegments()) {
        chain.add(runner.load(SegmentGraphs.assemble(segment, version.blobs())));
      }
      return new ModelComparison(
          largest(expected, whole), largest(whole, answers(inputs, chain, manifest.getScored())));
    } finally {
      chain.forEach(GraphRunner.Loaded::close);
    }
  }

  private static List<HostTensor> answers(
      List<Map<String, HostTensor>> inputs, List<GraphRunner.Loaded> chain, String scored) {
    List<HostTensor> answers = new ArrayList<>();
    for (Map<String, HostTensor> given : inputs) {
      Map<String, HostTensor> known = new HashMap<>(given);
      for (GraphRunner.Loaded link : chain) {
        known.putAll(link.run(known));
      }
      HostTensor answer = known.get(scored);
      if (answer == null) {
        throw new IllegalArgumentException("the model does not answer with '" + scored + "'");
      }
      answers.add(answer);
    }
    return answers;
  }

  private static double largest(List<HostTensor> one, List<HostTensor> other) {
    double largest = 0;
    for (int i = 0; i < one.size(); i++) {
      largest = Math.max(largest, one.get(i).difference(other.get(i)));
    }
    return largest;
  }
}
