package io.headwater.ops.command;

import io.headwater.model.pack.Digest;
import io.headwater.ops.registry.Found;
import io.headwater.ops.registry.ManifestDiff;
import io.headwater.schemas.topics.TopicMismatchException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares two versions. */
@Command(
    name = "diff",
    header = "Show what two versions share and where they differ.",
    description = "Each is named by leading digits, by stage or by a package's directory.")
final class ModelDiffCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private LogOptions log = new LogOptions();
  @Mixin private KeysOption keys = new KeysOption();

  @Parameters(index = "0", paramLabel = "OLD", description = "The version to start from.")
  private String old = "";

  @Parameters(index = "1", paramLabel = "NEW", description = "The version to hold against it.")
  private String young = "";

  @Override
  public Integer call() throws TopicMismatchException {
    PrintWriter out = spec.commandLine().getOut();
    try (LazyLog lazy = new LazyLog(log, keys)) {
      Found from = lazy.find(old);
      Found to = lazy.find(young);
      out.println("old       " + named(from));
      out.println("new       " + named(to));
      ManifestDiff.of(from.version().manifest(), to.version().manifest()).forEach(out::println);
    }
    return 0;
  }

  private static String named(Found found) {
    return "%s (%s)".formatted(Digest.brief(found.version().version()), found.whence());
  }
}
