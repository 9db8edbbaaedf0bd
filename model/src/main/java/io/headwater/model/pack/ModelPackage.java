package io.headwater.model.pack;

import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Goldens;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Metric;
import io.headwater.schemas.Segment;
import io.headwater.schemas.Setting;
import io.headwater.schemas.Weight;
import io.headwater.schemas.serde.AvroBounds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A version: its manifest and where its blobs come from.
 *
 * @param manifest never changed once packaged
 */
public record ModelPackage(Manifest manifest, Blobs blobs) {
  static {
    AvroBounds.establish();
  }

  /** The version: SHA-256 of the manifest's canonical bytes. */
  public String version() {
    return Manifests.version(manifest);
  }

  /**
   * Packages a draft: puts its lists into their canonical order and lists the blobs it refers to.
   *
   * @param draft copied, not changed; what it says of blobs is not read
   * @param blobs every blob that the draft refers to
   * @throws IllegalArgumentException where the draft contradicts itself
   * @throws MissingBlobException where a blob that it refers to is not among {@code blobs}
   */
  public static ModelPackage seal(Manifest draft, BlobMap blobs) {
    return seal(draft, blobs, Map.of());
  }

  /**
   * The version that follows from training: the same segments with other weights where trained.
   *
   * @param weights by initializer of a trainable segment; those not named keep their values; where
   *     there is any, the goldens, which are the parent's answers, are left out
   * @param lineage how they were trained; its parent becomes this version, and its examples the
   *     digest of {@code examples}
   * @param examples the list of examples trained on, or null where none is published
   * @throws IllegalArgumentException for a name that no trainable segment has, or another size
   */
  public ModelPackage withHeadWeights(
      Map<String, float[]> weights,
      Lineage lineage,
      byte @Nullable [] examples,
      List<Metric> metrics) {
    return withWeights(
        version(), weights, Segments.trainableCount(manifest), lineage, examples, metrics);
  }

  /**
   * The same where other than the trainable segments were trained; those in front stay as they are.
   *
   * @param parent the published version that it follows from: this one, or what this one widens
   * @param last how many trailing segments the weights are of
   */
  public ModelPackage withWeights(
      String parent,
      Map<String, float[]> weights,
      int last,
      Lineage lineage,
      byte @Nullable [] examples,
      List<Metric> metrics) {
    Map<String, Long> bytes = sizes();
    List<byte[]> fresh = new ArrayList<>();

    Manifest draft = Manifest.newBuilder(manifest).build();
    Map<String, float[]> unused = new HashMap<>(weights);
    for (Segment segment : Segments.last(draft, last)) {
      for (Weight weight : segment.getWeights()) {
        float[] values = unused.remove(weight.getName());
        if (values == null) {
          continue;
        }
        if (bytes.getOrDefault(weight.getDigest(), -1L) != 4L * values.length) {
          throw new IllegalArgumentException(
              "weight '%s' has %d values; its segment holds %d bytes of it"
                  .formatted(weight.getName(), values.length, bytes.get(weight.getDigest())));
        }
        byte[] blob = TensorBytes.of(values);
        fresh.add(blob);
        weight.setDigest(Digest.of(blob));
      }
    }
    if (!unused.isEmpty()) {
      throw new IllegalArgumentException("no trainable segment has weights " + unused.keySet());
    }
    if (!weights.isEmpty()) {
      // They are the parent's answers.
      draft.setGoldens(null);
    }
    if (examples != null) {
      fresh.add(examples);
    }
    Lineage child = Lineage.newBuilder(lineage).build();
    child.setParent(parent);
    child.setExamples(examples == null ? null : Digest.of(examples));
    draft.setLineage(child);
    draft.setMetrics(metrics);
    draft.setTrained(true);
    return seal(draft, BlobMap.over(fresh, blobs, Segments.references(draft)), bytes);
  }

  /**
   * The same version with other segments behind its first ones, not trained yet: what a head that
   * taps the model elsewhere is trained from.
   *
   * @param draft the manifest with its new segments; copied, not changed
   * @param fresh blobs that the new segments name
   */
  public ModelPackage withSegments(Manifest draft, List<byte[]> fresh) {
    Manifest other = Manifest.newBuilder(draft).build();
    other.setTrained(false);
    other.setGoldens(null);
    other.setMetrics(List.of());
    return seal(other, BlobMap.over(fresh, blobs, Segments.references(other)), sizes());
  }

  /**
   * The same version with another last segment and labels, and without goldens: what a head for
   * further classes is trained from.
   *
   * @param fresh blobs that the segment names
   */
  public ModelPackage withLastSegment(Segment last, List<byte[]> fresh, List<String> labels) {
    Manifest draft = Manifest.newBuilder(manifest).build();
    List<Segment> segments = new ArrayList<>(Segments.before(draft, 1));
    segments.add(last);
    draft.setSegments(segments);
    draft.setLabels(labels);
    draft.setGoldens(null);
    return seal(draft, BlobMap.over(fresh, blobs, Segments.references(draft)), sizes());
  }

  /**
   * The same version with goldens; they are part of it, so it has another name.
   *
   * @param cases blob of the cases
   * @param outputs blob of what the version answers to them
   */
  public ModelPackage withGoldens(byte[] cases, byte[] outputs, double tolerance) {
    Manifest draft = Manifest.newBuilder(manifest).build();
    draft.setGoldens(new Goldens(Digest.of(cases), Digest.of(outputs), tolerance));
    BlobMap held = BlobMap.over(List.of(cases, outputs), blobs, Segments.references(draft));
    return seal(draft, held, sizes());
  }

  /** The same version with further metrics; they are part of it, so it has another name. */
  public ModelPackage withMetrics(List<Metric> further) {
    Manifest draft = Manifest.newBuilder(manifest).build();
    List<Metric> all = new ArrayList<>(draft.getMetrics());
    all.addAll(further);
    draft.setMetrics(all);
    return seal(draft, BlobMap.over(List.of(), blobs, Segments.references(draft)), sizes());
  }

  private Map<String, Long> sizes() {
    Map<String, Long> bytes = new HashMap<>();
    manifest.getBlobs().forEach(blob -> bytes.put(blob.getDigest(), blob.getBytes()));
    return bytes;
  }

  private static ModelPackage seal(Manifest draft, BlobMap blobs, Map<String, Long> elsewhere) {
    Manifest manifest = Manifest.newBuilder(draft).build();
    List<BlobRef> refs = new ArrayList<>();
    for (String digest : Segments.references(manifest)) {
      refs.add(new BlobRef(digest, bytesOf(digest, blobs, elsewhere)));
    }
    manifest.setBlobs(refs);
    manifest.setMetrics(sorted(manifest.getMetrics(), Metric::getName));
    Lineage lineage = manifest.getLineage();
    lineage.setSettings(sorted(lineage.getSettings(), Setting::getName));
    lineage.setRuntime(sorted(lineage.getRuntime(), Setting::getName));
    ManifestChecks.check(manifest);
    return new ModelPackage(manifest, blobs);
  }

  private static long bytesOf(String digest, BlobMap blobs, Map<String, Long> elsewhere) {
    Long known = elsewhere.get(digest);
    if (known != null) {
      return known;
    }
    return blobs
        .bytesOf(digest)
        .orElseThrow(
            () -> new MissingBlobException("blob " + digest + " is used but was not packaged"));
  }

  private static <T> List<T> sorted(List<T> items, Function<T, String> key) {
    List<T> sorted = new ArrayList<>(items);
    sorted.sort(Comparator.comparing(key));
    return sorted;
  }
}
