package io.headwater.ops.command;

import io.headwater.model.log.ModelLog;
import io.headwater.model.sign.Trust;
import io.headwater.ops.registry.StageList;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.TopicMismatchException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists what stages hold and held. */
@Command(
    name = "list",
    header = "List the versions of a pipeline by stage, newest first.",
    description = "Records that no scorer follows are shown below, with the reason.")
final class ModelListCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private LogOptions log = new LogOptions();
  @Mixin private KeysOption keys = new KeysOption();

  @Option(
      names = "--stage",
      paramLabel = "STAGE",
      split = ",",
      description = "Only these: ${COMPLETION-CANDIDATES}.")
  private List<Stage> stages = List.of(Stage.values());

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "10",
      description = "Records shown of each stage (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws TopicMismatchException {
    LogOptions.Place place = log.place();
    Trust trust = keys.folder().trust().get();
    PrintWriter out = spec.commandLine().getOut();
    try (ModelLog opened = place.open(trust)) {
      StageList list = StageList.read(opened, trust, stages, Math.max(1, limit));
      if (json) {
        out.println(list.json());
      } else if (list.isEmpty()) {
        out.printf(
            "%s has no version yet: headwater train --data makes the first, headwater model publish"
                + " puts one that is trained into production%n",
            place.pipeline().name());
      } else {
        list.lines().forEach(out::println);
      }
    }
    return 0;
  }
}
