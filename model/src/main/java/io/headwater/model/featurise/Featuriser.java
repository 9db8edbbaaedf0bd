package io.headwater.model.featurise;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.pack.Blobs;
import io.headwater.schemas.Feature;
import io.headwater.schemas.TensorSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns events into a model's inputs, as a manifest's features say.
 *
 * <p>Safe for use by several threads; must not be used once closed.
 */
public final class Featuriser implements AutoCloseable {
  private static final long[][] NO_TEXTS = {};
  private static final long[] NO_INDICES = {};

  private record Floats(EventFeature.Floats feature, int at) {}

  private final InputLayout layout;
  private final int numbers;
  private final int indices;
  private final List<TextTokens> texts = new ArrayList<>();
  private final List<Floats> floats = new ArrayList<>();
  private final List<CategoryIndex> categories = new ArrayList<>();
  private final List<Integer> categoryAt = new ArrayList<>();

  private Featuriser(List<EventFeature> features, InputLayout layout) {
    this.layout = layout;
    this.numbers = InputLayout.total(layout.numbers());
    this.indices = InputLayout.total(layout.indices());
    Map<String, Integer> next = starts(layout);
    for (EventFeature feature : features) {
      if (feature instanceof TextTokens text) {
        texts.add(text);
      } else if (feature instanceof EventFeature.Floats values) {
        int size = InputLayout.size(values.dims());
        floats.add(new Floats(values, next.merge(values.input(), size, Integer::sum) - size));
      } else if (feature instanceof CategoryIndex category) {
        categories.add(category);
        categoryAt.add(next.merge(category.input(), 1, Integer::sum) - 1);
      }
    }
  }

  /**
   * Makes features ready for a model.
   *
   * @param modelInputs all that the model's segments read and none of them gives
   * @param blobs hold the tokenizers that the features name
   * @throws IllegalArgumentException naming the features and inputs that do not fit each other
   * @throws io.headwater.model.pack.MissingBlobException where a tokenizer can't be had
   */
  public static Featuriser open(List<Feature> features, List<TensorSpec> modelInputs, Blobs blobs) {
    List<EventFeature> ready = new ArrayList<>();
    try {
      for (Feature feature : features) {
        ready.add(EventFeature.of(feature, blobs));
      }
      return new Featuriser(ready, LayoutPlan.of(ready, modelInputs));
    } catch (RuntimeException e) {
      close(ready);
      throw e;
    }
  }

  /** How what {@link #featurise} gives becomes tensors. */
  public InputLayout layout() {
    return layout;
  }

  /**
   * One event's inputs.
   *
   * @throws FeatureException naming the field that is missing or not as the model takes it
   */
  public Features featurise(JsonNode event) throws FeatureException {
    long[][] tokens = texts.isEmpty() ? NO_TEXTS : new long[texts.size()][];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = texts.get(i).read(event);
    }
    float[] values = new float[numbers];
    for (int i = 0; i < floats.size(); i++) {
      floats.get(i).feature().read(event, values, floats.get(i).at());
    }
    long[] index = indices == 0 ? NO_INDICES : new long[indices];
    for (int i = 0; i < categories.size(); i++) {
      index[categoryAt.get(i)] = categories.get(i).read(event);
    }
    return new Features(tokens, values, index);
  }

  @Override
  public void close() {
    close(texts);
  }

  private static void close(List<? extends EventFeature> features) {
    for (EventFeature feature : features) {
      if (feature instanceof TextTokens text) {
        text.close();
      }
    }
  }

  /** Where the values of each input begin. */
  private static Map<String, Integer> starts(InputLayout layout) {
    Map<String, Integer> starts = new HashMap<>();
    for (List<InputLayout.Values> inputs : List.of(layout.numbers(), layout.indices())) {
      int at = 0;
      for (InputLayout.Values input : inputs) {
        starts.put(input.input(), at);
        at += input.size();
      }
    }
    return starts;
  }
}
