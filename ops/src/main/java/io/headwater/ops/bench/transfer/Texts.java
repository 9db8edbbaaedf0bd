package io.headwater.ops.bench.transfer;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.featurise.Features;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.model.runtime.Scored;
import io.headwater.ops.data.LabelledItem;
import io.headwater.trainer.LabelledEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Labelled texts, and what a frozen backbone answers to them.
 *
 * @param texts as they were written
 * @param activations one for each
 * @param classes index of each one's label
 */
record Texts(List<String> texts, float[][] activations, int[] classes) {
  private static final int BATCH = 16;

  /** Runs a version's backbone over items, in batches of like length. */
  static Texts of(ModelPackage version, List<LabelledItem> items, List<String> labels) {
    List<Features> features = new ArrayList<>();
    float[][] activations = new float[items.size()][];
    try (LoadedModel model = LoadedModel.load(version)) {
      for (LabelledItem item : items) {
        features.add(model.featurise(event(item).event()));
      }
      List<Integer> order =
          IntStream.range(0, items.size())
              .boxed()
              .sorted(Comparator.comparingInt(i -> features.get(i).length()))
              .toList();
      for (int from = 0; from < order.size(); from += BATCH) {
        List<Integer> batch = order.subList(from, Math.min(order.size(), from + BATCH));
        List<Scored> scored = model.score(batch.stream().map(features::get).toList());
        for (int i = 0; i < batch.size(); i++) {
          activations[batch.get(i)] = scored.get(i).activation();
        }
      }
    } catch (FeatureException e) {
      throw new IllegalStateException("a text that was just written has its field", e);
    }
    return new Texts(
        items.stream().map(Texts::text).toList(),
        activations,
        items.stream().mapToInt(item -> labels.indexOf(item.label())).toArray());
  }

  /** An item as the pipeline takes it. */
  static LabelledEvent event(LabelledItem item) {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    item.fields().forEach(event::put);
    return new LabelledEvent(event, item.label());
  }

  private static String text(LabelledItem item) {
    return String.join("\n", item.fields().values());
  }

  int size() {
    return classes.length;
  }

  /** Some of the texts, in the order given. */
  Texts at(List<Integer> rows) {
    return new Texts(
        rows.stream().map(texts::get).toList(),
        rows.stream().map(row -> activations[row]).toArray(float[][]::new),
        rows.stream().mapToInt(row -> classes[row]).toArray());
  }

  /** The first texts. */
  Texts first(int count) {
    return at(IntStream.range(0, count).boxed().toList());
  }

  /** The same texts under other classes. */
  Texts labelled(int[] others) {
    return new Texts(texts, activations, others);
  }
}
