package io.headwater.ops.command;

import io.headwater.model.log.ModelLog;
import io.headwater.model.sign.Trust;
import io.headwater.ops.registry.DecisionList;
import io.headwater.ops.registry.StageList;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.TopicMismatchException;
import io.headwater.trainer.log.DecisionHistory;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows where a pipeline's versions stand. */
@Command(
    name = "status",
    header = "Show what is live on each stage, and the last decisions, newest first.")
final class RolloutStatusCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private LogOptions log = new LogOptions();
  @Mixin private KeysOption keys = new KeysOption();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "10",
      description = "Decisions shown (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws TopicMismatchException {
    LogOptions.Place place = log.place();
    Trust trust = keys.folder().trust().get();
    PrintWriter out = spec.commandLine().getOut();
    try (ModelLog opened = place.open(trust)) {
      StageList stages = StageList.read(opened, trust, List.of(Stage.values()), 1);
      DecisionList decisions =
          DecisionList.newest(
              DecisionHistory.read(place.pipeline().topics(), place.client().client()), limit);
      if (json) {
        out.println(
            "{\"stages\": " + stages.json() + ",\n\"decisions\": " + decisions.json() + "}");
        return 0;
      }
      if (stages.isEmpty()) {
        out.println("no stage has a version yet");
      }
      stages.lines().forEach(out::println);
      out.println();
      decisions.lines().forEach(out::println);
    }
    return 0;
  }
}
