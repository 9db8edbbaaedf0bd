package io.headwater.ops.command;

import io.headwater.model.log.GarbageCollector;
import io.headwater.schemas.topics.TopicMismatchException;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Tombstones the blobs that no version needs. */
@Command(
    name = "gc",
    header = "Free the blobs that no version within retention names.",
    description = {
      "Versions in force on any stage keep their blobs, and so do versions that were in force within"
          + " the retention. Safe while versions are published. The broker frees the room when it"
          + " compacts the topic."
    })
final class ModelGcCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private LogOptions log = new LogOptions();
  @Mixin private KeysOption keys = new KeysOption();

  @Option(
      names = "--retention",
      paramLabel = "TIME",
      defaultValue = "30d",
      description =
          "How long a superseded version can be rolled back to, as 36h or 30d; at least 1h"
              + " (default: ${DEFAULT-VALUE}).")
  private String retention = "30d";

  @Option(names = "--dry-run", description = "Say what would go, and leave it.")
  private boolean dryRun;

  @Override
  public Integer call() throws TopicMismatchException {
    Duration kept = retention();
    LogOptions.Place place = log.place();
    PrintWriter out = spec.commandLine().getOut();
    GarbageCollector collector =
        new GarbageCollector(
            place.pipeline().topics(),
            place.client().client(),
            keys.folder().trust().get(),
            Clock.systemUTC());
    GarbageCollector.Garbage garbage = collector.collect(kept, found -> !dryRun);
    if (dryRun) {
      garbage.digests().forEach(digest -> out.println("garbage " + digest));
    }
    out.printf(
        Locale.ROOT,
        "%s %d blobs, %,d bytes in %d chunks; %d blobs, %,d bytes stay%n",
        dryRun ? "would free" : "freed",
        garbage.digests().size(),
        garbage.bytes(),
        garbage.chunks(),
        garbage.keptBlobs(),
        garbage.keptBytes());
    return 0;
  }

  private Duration retention() {
    if (retention.matches("[0-9]{1,6}[dh]")) {
      long count = Long.parseLong(retention.substring(0, retention.length() - 1));
      Duration kept = retention.endsWith("d") ? Duration.ofDays(count) : Duration.ofHours(count);
      if (kept.compareTo(GarbageCollector.MIN_RETENTION) >= 0) {
        return kept;
      }
    }
    throw new ParameterException(
        spec.commandLine(),
        "--retention must be a number of hours or days of at least an hour, such as 36h or 30d");
  }
}
