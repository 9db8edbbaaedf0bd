package io.headwater.model.pack;

import io.headwater.schemas.Lineage;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Segment;
import io.headwater.schemas.Weight;
import java.util.Map;
import java.util.TreeMap;

/**
 * The head that learning began with, as far as the settings of a lineage remember it: they name the
 * blobs of its weights, which each descendant carries besides its own.
 */
public final class SourceHead {
  private static final String WEIGHT = "guard.source.weight.";
  private static final String PREFIX = "guard.source.prefix";

  private SourceHead() {}

  /** Settings by which the descendants of a version remember its head. */
  public static Map<String, String> of(Manifest version) {
    Map<String, String> settings = new TreeMap<>();
    for (Segment segment : Segments.trainable(version)) {
      for (Weight weight : segment.getWeights()) {
        settings.put(WEIGHT + weight.getName(), weight.getDigest());
      }
    }
    settings.put(PREFIX, Segments.prefixDigest(version));
    return settings;
  }

  /** The settings by which a lineage remembers a head; empty where it remembers none. */
  public static Map<String, String> of(Lineage lineage) {
    Map<String, String> settings = new TreeMap<>();
    lineage.getSettings().stream()
        .filter(setting -> setting.getName().startsWith(WEIGHT) || setting.getName().equals(PREFIX))
        .forEach(setting -> settings.put(setting.getName(), setting.getValue()));
    return settings;
  }

  /** Digests of the remembered weights, by initializer; empty where none are. */
  static Map<String, String> weights(Lineage lineage) {
    Map<String, String> weights = new TreeMap<>();
    of(lineage)
        .forEach(
            (name, value) -> {
              if (name.startsWith(WEIGHT)) {
                weights.put(name.substring(WEIGHT.length()), value);
              }
            });
    return weights;
  }

  /**
   * Values of the remembered weights, by initializer; empty where none are remembered, or where
   * they read the activations of other frozen segments than the version's.
   *
   * @throws MissingBlobException where a blob can't be had
   */
  public static Map<String, float[]> weights(ModelPackage version) {
    Lineage lineage = version.manifest().getLineage();
    String prefix = Segments.prefixDigest(version.manifest());
    Map<String, float[]> values = new TreeMap<>();
    if (prefix.equals(of(lineage).get(PREFIX))) {
      weights(lineage)
          .forEach(
              (name, digest) -> values.put(name, TensorBytes.floats(version.blobs().get(digest))));
    }
    return values;
  }
}
