package io.headwater.trainer;

import io.headwater.model.pack.ModelPackage;
import io.headwater.schemas.Segment;
import io.headwater.schemas.Setting;
import io.headwater.schemas.Weight;
import io.headwater.trainer.publish.RuntimeFacts;
import io.headwater.trainer.round.RoundOutcome;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A version and what the same training came to here.
 *
 * @param version as it is on record
 * @param again as it was trained here
 * @param tensors those weights that differ from the parent's in either, with how far the two are
 *     apart
 * @param environment what differs between where the version was trained and here, a line each
 * @param notes what else there is to say, a line each
 */
public record Reproduced(
    String version,
    String again,
    List<Difference> tensors,
    List<String> environment,
    List<String> notes) {
  /**
   * How far two tensors are apart.
   *
   * @param largest absolute difference of two values; 0 where all bits are the same, not a number
   *     where they have no values in common
   * @param magnitude largest absolute value of the recorded one
   */
  public record Difference(String tensor, float largest, float magnitude, boolean sameBits) {}

  /** Whether every weight is the same, bit for bit. */
  public boolean sameWeights() {
    return tensors.stream().allMatch(Difference::sameBits);
  }

  /** Whether the whole manifest is the same, and so the version's name. */
  public boolean sameVersion() {
    return version.equals(again);
  }

  static Reproduced of(
      ModelPackage version,
      ModelPackage again,
      @Nullable RoundOutcome outcome,
      List<String> notes) {
    Map<String, String> theirs = digests(version);
    Map<String, String> ours = digests(again);
    List<Difference> tensors = new ArrayList<>();
    TreeSet<String> names = new TreeSet<>(theirs.keySet());
    names.addAll(ours.keySet());
    for (String name : names) {
      @Nullable String one = theirs.get(name);
      @Nullable String other = ours.get(name);
      boolean same = one != null && one.equals(other);
      if (!same || isTuned(name, outcome)) {
        tensors.add(difference(name, values(version, one), values(again, other), same));
      }
    }
    return new Reproduced(
        version.version(), again.version(), tensors, environment(version), List.copyOf(notes));
  }

  private static boolean isTuned(String name, @Nullable RoundOutcome outcome) {
    return outcome == null || outcome.weights().containsKey(name.substring(name.indexOf('/') + 1));
  }

  private static Map<String, String> digests(ModelPackage version) {
    Map<String, String> digests = new HashMap<>();
    for (Segment segment : version.manifest().getSegments()) {
      for (Weight weight : segment.getWeights()) {
        digests.put(segment.getName() + "/" + weight.getName(), weight.getDigest());
      }
    }
    return digests;
  }

  private static float[] values(ModelPackage version, @Nullable String digest) {
    if (digest == null) {
      return new float[0];
    }
    ByteBuffer bytes = ByteBuffer.wrap(version.blobs().get(digest)).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  private static Difference difference(String name, float[] one, float[] other, boolean same) {
    float largest = one.length == other.length ? 0 : Float.NaN;
    float magnitude = 0;
    for (int i = 0; i < one.length; i++) {
      magnitude = Math.max(magnitude, Math.abs(one[i]));
      if (!same && one.length == other.length) {
        largest = Math.max(largest, Math.abs(one[i] - other[i]));
      }
    }
    return new Difference(name, largest, magnitude, same);
  }

  private static List<String> environment(ModelPackage version) {
    Map<String, String> there = byName(version.manifest().getLineage().getRuntime());
    Map<String, String> here = byName(RuntimeFacts.settings());
    TreeSet<String> names = new TreeSet<>(there.keySet());
    names.addAll(here.keySet());
    List<String> differing = new ArrayList<>();
    for (String name : names) {
      String recorded = there.getOrDefault(name, "not recorded");
      String now = here.getOrDefault(name, "not known");
      if (!recorded.equals(now)) {
        differing.add("%s: %s there, %s here".formatted(name, recorded, now));
      }
    }
    return differing;
  }

  private static Map<String, String> byName(List<Setting> settings) {
    Map<String, String> byName = new HashMap<>();
    settings.forEach(setting -> byName.put(setting.getName(), setting.getValue()));
    return byName;
  }
}
