package io.headwater.ops.models;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.onnx.Imported;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.runtime.GoldenCases;
import io.headwater.model.runtime.InferenceException;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.ops.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Goldens of a model that comes trained, so that every scorer checks that it answers as it did
 * where it was imported. An untrained one gets its own when its head is trained.
 */
public final class ImportedGoldens {
  private static final long SEED = 11;

  /**
   * A version with goldens where they could be made.
   *
   * @param note what the importer should know of them
   */
  public record Sealed(ModelPackage version, Optional<String> note) {}

  private ImportedGoldens() {}

  /**
   * Loads a trained version as a scorer would and notes its answers.
   *
   * @param sample events to make the cases of; where there are none, they are drawn at random
   * @throws UserError naming the event that the pipeline's features can't be made of
   */
  public static Sealed seal(Imported imported, List<JsonNode> sample) {
    ModelPackage version = imported.version();
    if (!version.manifest().getTrained()) {
      return new Sealed(version, Optional.empty());
    }
    try (LoadedModel loaded = LoadedModel.load(version)) {
      Random random = new Random(SEED);
      byte[] cases =
          sample.isEmpty()
              ? GoldenCases.of(loaded, rows -> imported.randomInputs(rows, random))
              : GoldenCases.of(loaded, features(loaded, sample));
      String source =
          sample.isEmpty()
              ? "random inputs (--source-sample gives real ones)"
              : "the source sample";
      return new Sealed(
          GoldenCases.seal(version, loaded, cases),
          Optional.of("its goldens, which every scorer checks, are of " + source));
    } catch (IllegalArgumentException | IllegalStateException | InferenceException e) {
      return new Sealed(
          version, Optional.of("it has no goldens, and scorers may refuse it: " + e.getMessage()));
    }
  }

  private static List<Features> features(LoadedModel loaded, List<JsonNode> sample) {
    List<Features> features = new ArrayList<>();
    for (int i = 0; i < sample.size(); i++) {
      try {
        features.add(loaded.featurise(sample.get(i)));
      } catch (FeatureException e) {
        throw new UserError(
            "event %d of the source sample can't be featurised: %s"
                .formatted(i + 1, e.getMessage()),
            "correct the event, or the features in the pipeline file",
            e);
      }
    }
    return features;
  }
}
