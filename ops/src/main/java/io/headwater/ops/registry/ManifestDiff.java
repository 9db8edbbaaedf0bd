package io.headwater.ops.registry;

import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Metric;
import io.headwater.schemas.Segment;
import io.headwater.schemas.Setting;
import io.headwater.schemas.Weight;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What differs between two versions, in words. */
public final class ManifestDiff {
  private final Manifest from;
  private final Manifest to;
  private final Sizes sizes;
  private final List<String> lines = new ArrayList<>();

  private ManifestDiff(Manifest from, Manifest to) {
    this.from = from;
    this.to = to;
    this.sizes = Sizes.of(from, to);
  }

  /** The lines that say what {@code to} has in other ways than {@code from}. */
  public static List<String> of(Manifest from, Manifest to) {
    ManifestDiff diff = new ManifestDiff(from, to);
    diff.blobs();
    diff.segments();
    diff.rest();
    return List.copyOf(diff.lines);
  }

  private void blobs() {
    Set<String> before = digests(from);
    Set<String> after = digests(to);
    Set<String> shared = new HashSet<>(before);
    shared.retainAll(after);
    before.removeAll(shared);
    after.removeAll(shared);
    long all = Sizes.of(to).total();
    lines.add("shared    %s in %d blobs".formatted(Sizes.shown(sizes.of(shared)), shared.size()));
    lines.add("only old  %s in %d blobs".formatted(Sizes.shown(sizes.of(before)), before.size()));
    lines.add(
        String.format(
            Locale.ROOT,
            "only new  %s in %d blobs, %.2f %% of it",
            Sizes.shown(sizes.of(after)),
            after.size(),
            all == 0 ? 0.0 : 100.0 * sizes.of(after) / all));
    lines.add("");
  }

  private static Set<String> digests(Manifest manifest) {
    return manifest.getBlobs().stream()
        .map(BlobRef::getDigest)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private void segments() {
    Map<String, Segment> before = byName(from);
    Map<String, Segment> after = byName(to);
    Set<String> names = new LinkedHashSet<>(before.keySet());
    names.addAll(after.keySet());
    Table table = new Table("SEGMENT", "DIFFERENCE", "NEW BYTES");
    for (String name : names) {
      Segment old = before.get(name);
      Segment young = after.get(name);
      if (young == null) {
        table.add(name, "removed", Sizes.shown(0));
      } else if (old == null) {
        table.add(name, "added", Sizes.shown(sizes.of(fresh(Sizes.digests(young)))));
      } else {
        table.add(name, difference(old, young), Sizes.shown(sizes.of(fresh(Sizes.digests(young)))));
      }
    }
    lines.addAll(table.lines());
    lines.add("");
  }

  /** Those that the old version has nowhere, whatever its segments are called. */
  private Set<String> fresh(Set<String> digests) {
    Set<String> fresh = new HashSet<>(digests);
    fresh.removeAll(digests(from));
    return fresh;
  }

  private static Map<String, Segment> byName(Manifest manifest) {
    Map<String, Segment> byName = new LinkedHashMap<>();
    manifest.getSegments().forEach(segment -> byName.put(segment.getName(), segment));
    return byName;
  }

  private static String difference(Segment old, Segment young) {
    Map<String, String> before =
        old.getWeights().stream()
            .collect(Collectors.toMap(Weight::getName, Weight::getDigest, (a, b) -> b));
    long changed =
        young.getWeights().stream()
            .filter(weight -> !weight.getDigest().equals(before.get(weight.getName())))
            .count();
    List<String> parts = new ArrayList<>();
    if (!old.getGraph().equals(young.getGraph())) {
      parts.add("another graph");
    }
    if (changed > 0) {
      parts.add("%d of %d weights".formatted(changed, young.getWeights().size()));
    }
    if (old.getTrainable() != young.getTrainable()) {
      parts.add(young.getTrainable() ? "trains now" : "is frozen now");
    }
    return parts.isEmpty() ? "the same" : String.join(", ", parts);
  }

  private void rest() {
    compare("pipeline", from.getPipeline(), to.getPipeline());
    compare("model", from.getModel(), to.getModel());
    compare("labels", from.getLabels(), to.getLabels());
    compare("output", from.getOutput(), to.getOutput());
    compare("thresholds", from.getThresholds(), to.getThresholds());
    compare("trained", from.getTrained(), to.getTrained());
    compare("source sample", from.getSourceSample(), to.getSourceSample());
    if (!Objects.equals(from.getGoldens(), to.getGoldens())) {
      lines.add("goldens   differ");
    }
    if (!from.getFeatures().equals(to.getFeatures())) {
      lines.add("features  differ: `headwater model show` prints each version's");
    }
    Lineage before = from.getLineage();
    Lineage after = to.getLineage();
    compare("parent", before.getParent(), after.getParent());
    compare("freeze", before.getFreeze(), after.getFreeze());
    compare("examples", before.getExampleCount(), after.getExampleCount());
    compare("seed", before.getSeed(), after.getSeed());
    compare("setting ", settings(before.getSettings()), settings(after.getSettings()));
    compare("runtime ", settings(before.getRuntime()), settings(after.getRuntime()));
    compare("metric ", metrics(from), metrics(to));
  }

  private void compare(String what, Map<String, String> old, Map<String, String> young) {
    Set<String> names = new LinkedHashSet<>(old.keySet());
    names.addAll(young.keySet());
    names.forEach(name -> compare(what + name, old.get(name), young.get(name)));
  }

  private void compare(String what, @Nullable Object old, @Nullable Object young) {
    if (!Objects.equals(old, young)) {
      lines.add(
          "%s: %s -> %s"
              .formatted(what, old == null ? "none" : old, young == null ? "none" : young));
    }
  }

  private static Map<String, String> settings(List<Setting> settings) {
    Map<String, String> byName = new LinkedHashMap<>();
    settings.forEach(setting -> byName.put(setting.getName(), setting.getValue()));
    return byName;
  }

  private static Map<String, String> metrics(Manifest manifest) {
    Map<String, String> byName = new HashMap<>();
    for (Metric metric : manifest.getMetrics()) {
      byName.put(metric.getName(), String.format(Locale.ROOT, "%.4f", metric.getValue()));
    }
    return new TreeMap<>(byName);
  }
}
