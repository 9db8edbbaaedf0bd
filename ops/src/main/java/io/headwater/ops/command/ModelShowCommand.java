package io.headwater.ops.command;

import io.headwater.ops.registry.Found;
import io.headwater.ops.registry.ManifestText;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.serde.RecordSerde;
import io.headwater.schemas.topics.TopicMismatchException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows a manifest. */
@Command(
    name = "show",
    header = "Show what a version is: segments, features, labels, metrics and lineage.")
final class ModelShowCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private LogOptions log = new LogOptions();
  @Mixin private KeysOption keys = new KeysOption();

  @Parameters(
      paramLabel = "VERSION|STAGE|DIR",
      description = "Leading digits of a version, a stage, or a package's directory.")
  private String name = "";

  @Option(names = "--json", description = "Print the manifest as JSON.")
  private boolean json;

  @Override
  public Integer call() throws TopicMismatchException {
    PrintWriter out = spec.commandLine().getOut();
    try (LazyLog lazy = new LazyLog(log, keys)) {
      Found found = lazy.find(name);
      Manifest manifest = found.version().manifest();
      if (json) {
        byte[] text = RecordSerde.json(Manifest.class).write(manifest);
        out.println(new String(text, StandardCharsets.UTF_8));
      } else {
        out.println("found in  " + found.whence());
        ManifestText.of(manifest).forEach(out::println);
      }
    }
    return 0;
  }
}
