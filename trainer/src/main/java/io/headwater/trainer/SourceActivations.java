package io.headwater.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.model.featurise.FeatureException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.runtime.Crossing;
import io.headwater.model.runtime.Prefix;
import io.headwater.schemas.serde.JsonEvents;
import io.headwater.trainer.plan.Likeness;
import io.headwater.trainer.plan.TwoSampleTest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * What a version's own source sample makes of its frozen prefix, held against the target's.
 *
 * <p>Not safe for use by several threads. The prefix last asked for is remembered.
 */
final class SourceActivations {
  /** More events of a sample are not run. */
  private static final int MOST = 500;

  private static final int MAX_EVENT_BYTES = 1 << 20;

  private final long seed;
  private final JsonEvents json = new JsonEvents(MAX_EVENT_BYTES);
  private String prefix = "";
  private float[][] source = new float[0][];
  private String trouble = "";

  /**
   * Starts with nothing.
   *
   * @param seed of the comparison
   */
  SourceActivations(long seed) {
    this.seed = seed;
  }

  /**
   * How like the target's activations are to the source's.
   *
   * @param target what crosses to the head, for each example
   */
  Likeness to(ModelPackage version, List<Crossing> target) {
    String sample = version.manifest().getSourceSample();
    if (sample == null) {
      return new Likeness.Unknown(
          "the package holds no sample of the source (model import --source-sample)");
    }
    String digest = Segments.prefixDigest(version.manifest());
    if (!digest.equals(prefix)) {
      measure(version, sample);
      prefix = digest;
    }
    if (!trouble.isEmpty()) {
      return new Likeness.Unknown(trouble);
    }
    Set<Integer> widths = new HashSet<>();
    target.forEach(row -> widths.add(row.values().length));
    for (float[] row : source) {
      widths.add(row.length);
    }
    if (widths.size() != 1) {
      return new Likeness.Unknown("what crosses to the head has no fixed size");
    }
    float[][] rows = target.stream().map(Crossing::values).toArray(float[][]::new);
    return TwoSampleTest.of(source, rows, seed);
  }

  private void measure(ModelPackage version, String sample) {
    List<String> lines =
        new String(version.blobs().get(sample), UTF_8).lines().filter(l -> !l.isBlank()).toList();
    List<float[]> rows = new ArrayList<>();
    trouble = "";
    String last = "";
    int head = Segments.trainableCount(version.manifest());
    try (Prefix run = Prefix.open(version, head)) {
      int each = Math.max(1, (lines.size() + MOST - 1) / MOST);
      for (int i = 0; i < lines.size(); i += each) {
        String problem = add(run, lines.get(i), rows);
        last = problem == null ? last : problem;
      }
    }
    if (rows.isEmpty()) {
      trouble = "no event of the source sample can be read as the pipeline's are (" + last + ")";
    }
    source = rows.toArray(float[][]::new);
  }

  private @Nullable String add(Prefix run, String line, List<float[]> rows) {
    try {
      rows.add(run.run(json.decode(line.getBytes(UTF_8))).values());
      return null;
    } catch (FeatureException | SerializationException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
