package io.headwater.model.featurise;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.pack.Blobs;
import io.headwater.schemas.CategoricalFeature;
import io.headwater.schemas.CategoryEncoding;
import io.headwater.schemas.Feature;
import io.headwater.schemas.ImageFeature;
import io.headwater.schemas.NumericFeature;
import io.headwater.schemas.TextFeature;
import io.headwater.schemas.VectorFeature;
import java.util.List;

/**
 * One feature of a manifest, made ready to be read off events.
 *
 * <p>Safe for use by several threads. What it throws on an event is {@link FeatureException} alone.
 */
sealed interface EventFeature permits EventFeature.Floats, CategoryIndex, TextTokens {
  /** The name by which messages call it. */
  String name();

  /** A feature of floats. */
  sealed interface Floats extends EventFeature
      permits NumericColumns, CategoryOneHot, ImagePixels, VectorValues {
    /** Name of the input that takes it. */
    String input();

    /** Without the batch. */
    List<Integer> dims();

    /**
     * Writes the feature's values to {@code into} from {@code at} on, as many as {@link #dims}
     * have.
     *
     * @param into all zeros there
     */
    void read(JsonNode event, float[] into, int at) throws FeatureException;
  }

  /**
   * Makes a feature ready.
   *
   * @param blobs hold a text's tokenizer
   * @throws IllegalArgumentException naming the feature, where it contradicts itself
   */
  static EventFeature of(Feature feature, Blobs blobs) {
    String name = feature.getName();
    try {
      Object spec = feature.getSpec();
      if (spec instanceof TextFeature text) {
        return new TextTokens(name, text, blobs);
      } else if (spec instanceof NumericFeature numeric) {
        return new NumericColumns(name, numeric);
      } else if (spec instanceof CategoricalFeature categorical) {
        return categorical.getEncoding() == CategoryEncoding.INDEX
            ? new CategoryIndex(name, categorical)
            : new CategoryOneHot(name, categorical);
      } else if (spec instanceof ImageFeature image) {
        return new ImagePixels(name, image);
      } else if (spec instanceof VectorFeature vector) {
        return new VectorValues(name, vector);
      }
      throw new IllegalArgumentException("it is of a kind that this release does not know");
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("feature '" + name + "': " + e.getMessage(), e);
    }
  }
}
