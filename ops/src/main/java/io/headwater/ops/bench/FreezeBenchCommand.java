package io.headwater.ops.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.headwater.model.pack.ModelPackage;
import io.headwater.ops.FiguresFile;
import io.headwater.ops.Lines;
import io.headwater.ops.UserError;
import io.headwater.ops.bench.chart.Chart;
import io.headwater.ops.data.PackageClients;
import io.headwater.ops.data.Packages;
import io.headwater.ops.process.Folders;
import io.headwater.trainer.LabelledEvent;
import io.headwater.trainer.replay.CrossingCache;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares what the freeze policy decides with fixed depths, on public data. */
@Command(
    name = "freeze",
    header = "Compare depths of training on public data.",
    description = {
      "Trains first versions at each depth and as the policy says, and measures their log-loss on"
          + " events that no training saw: PaddleOCR's recognition network, with printed characters"
          + " as its source, on handwritten digits and on pictures of clothes; all-MiniLM-L6-v2,"
          + " with sentences about films as its source, on sentences about products."
    })
public final class FreezeBenchCommand implements Callable<Integer> {
  private static final long CACHE_BYTES = 768L << 20;

  @Mixin private Lines lines = new Lines();
  @Mixin private FiguresFile figures = new FiguresFile();

  @Option(
      names = "--data",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "digits,clothes",
      description = "clothes, digits or texts (default: ${DEFAULT-VALUE}).")
  private List<String> data = new ArrayList<>();

  @Option(
      names = "--examples",
      paramLabel = "N",
      split = ",",
      defaultValue = "100",
      description = "Labelled events to train on (default: ${DEFAULT-VALUE}).")
  private List<Integer> sizes = new ArrayList<>();

  @Option(
      names = "--freeze",
      paramLabel = "RULE",
      split = ",",
      defaultValue = "head,tap:8,tap:12,tap:16,tap:18,segments:3,auto",
      description = "Values of training.freeze to compare (default: ${DEFAULT-VALUE}).")
  private List<String> rules = new ArrayList<>();

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "10",
      description = "Trainings of each, on other events (default: ${DEFAULT-VALUE}).")
  private int seeds = 1;

  @Option(
      names = "--tested",
      paramLabel = "N",
      defaultValue = "500",
      description = "Events that no training sees (default: ${DEFAULT-VALUE}).")
  private int tested = 1;

  @Option(
      names = "--side",
      paramLabel = "PIXELS",
      defaultValue = "32",
      description = "What pictures are brought to (default: ${DEFAULT-VALUE}).")
  private int side = 1;

  @Option(names = "--chart", paramLabel = "FILE", description = "Draw the figures as a PNG.")
  private @Nullable Path chart;

  @Option(
      names = "--shuffled",
      description =
          "Instead, fine-tune a trained version on labels that were dealt out by chance, which must"
              + " lead to nothing.")
  private boolean shuffled;

  private FreezeBenchCommand() {}

  @Override
  public Integer call() {
    FreezeSubjects subjects = new FreezeSubjects(packages(), side);
    List<FreezeComparison> all = new ArrayList<>();
    if (shuffled) {
      return noise(subjects);
    }
    lines.say("| data | examples | freeze | log-loss | accuracy | s | trained |");
    lines.say("|---|---:|---|---:|---:|---:|---|");
    for (String name : data) {
      FreezeSubject subject = subjects.named(name);
      ModelPackage untrained = subject.imported();
      CrossingCache cache = new CrossingCache(CACHE_BYTES);
      FreezeTrial trial = new FreezeTrial(subject, untrained, cache);
      for (int size : sizes) {
        FreezeComparison comparison = compare(trial, size);
        comparison.rows().forEach(lines::say);
        all.add(comparison);
      }
    }
    all.stream().map(FreezeComparison::verdict).filter(line -> !line.isEmpty()).forEach(lines::say);
    ArrayNode json = JsonNodeFactory.instance.arrayNode();
    all.forEach(comparison -> json.add(comparison.json()));
    figures.write(json.toPrettyString());
    if (chart != null) {
      draw(all, chart);
    }
    return 0;
  }

  /** Ends with 1 where a version came of noise. */
  private int noise(FreezeSubjects subjects) {
    int published = 0;
    for (String name : data) {
      FreezeSubject subject = subjects.named(name);
      FreezeTrial trial =
          new FreezeTrial(subject, subject.imported(), new CrossingCache(CACHE_BYTES));
      for (int size : sizes) {
        requireEnough(subject, 2 * size);
        for (long seed = 1; seed <= seeds; seed++) {
          List<LabelledEvent> events = new ArrayList<>(subject.events());
          Collections.shuffle(events, new Random(seed));
          List<LabelledEvent> sound = events.subList(0, size);
          List<LabelledEvent> dealt = dealt(events.subList(size, 2 * size), seed);
          for (String rule : rules) {
            Optional<String> refused = trial.noise(rule, seed, sound, dealt);
            published += refused.isPresent() ? 0 : 1;
            lines.say(
                "%s, %d examples, %s, seed %d: %s"
                    .formatted(name, size, rule, seed, refused.orElse("PUBLISHED what is noise")));
          }
        }
      }
    }
    lines.say("%d versions came of labels dealt out by chance".formatted(published));
    return published == 0 ? 0 : 1;
  }

  private static void requireEnough(FreezeSubject subject, int wanted) {
    if (wanted > subject.events().size()) {
      throw new UserError(
          "%s has %,d events, and %,d are asked for"
              .formatted(subject.name(), subject.events().size(), wanted),
          "lower --examples or --tested");
    }
  }

  private FreezeComparison compare(FreezeTrial trial, int size) {
    List<LabelledEvent> events = trial.subject().events();
    requireEnough(trial.subject(), size + tested);
    List<LabelledEvent> held = events.subList(0, tested);
    Map<String, List<FreezeTrial.Result>> byRule = new LinkedHashMap<>();
    for (long seed = 1; seed <= seeds; seed++) {
      List<LabelledEvent> rest = new ArrayList<>(events.subList(tested, events.size()));
      Collections.shuffle(rest, new Random(seed));
      List<LabelledEvent> seen = rest.subList(0, size);
      for (String rule : rules) {
        FreezeTrial.Result result = trial.run(rule, seed, seen, held);
        byRule.computeIfAbsent(rule, unseen -> new ArrayList<>()).add(result);
      }
    }
    return new FreezeComparison(trial.subject().name(), size, byRule);
  }

  /** The same events, each with the label of another. */
  private static List<LabelledEvent> dealt(List<LabelledEvent> events, long seed) {
    List<String> labels = new ArrayList<>(events.stream().map(LabelledEvent::label).toList());
    Collections.shuffle(labels, new Random(seed + 1));
    List<LabelledEvent> dealt = new ArrayList<>();
    for (int i = 0; i < events.size(); i++) {
      dealt.add(new LabelledEvent(events.get(i).event(), labels.get(i)));
    }
    return dealt;
  }

  private static void draw(List<FreezeComparison> all, Path file) {
    Chart chart = new Chart("Depths of training", "examples", "log-loss on events not trained on");
    Map<String, List<Chart.Point>> lines = new LinkedHashMap<>();
    for (FreezeComparison comparison : all) {
      for (String rule : comparison.byRule().keySet()) {
        FreezeComparison.Mean mean = comparison.logLoss(rule);
        lines
            .computeIfAbsent(comparison.data() + " " + rule, line -> new ArrayList<>())
            .add(new Chart.Point(comparison.examples(), mean.value(), mean.error()));
      }
    }
    lines.forEach(chart::line);
    chart.logarithmicAcross().write(file);
  }

  private Packages packages() {
    Map<String, String> environment = System.getenv();
    PackageClients clients =
        new PackageClients(
            environment.getOrDefault("PATH", ""), Folders.ofUser().checkout().orElse(null));
    return new Packages(Packages.defaultCache(environment), clients, lines::say);
  }
}
