package io.headwater.ops.command;

import io.headwater.model.log.ModelLog;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.model.sign.Trust;
import io.headwater.ops.registry.Found;
import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.TopicMismatchException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Fetches versions from the log and checks them as a scorer would. */
@Command(
    name = "verify",
    header = "Fetch versions and check all that a scorer would.",
    description = {
      "Checks signatures, the manifest and the digest of every blob, all read anew from the topics.",
      "Exit status 1 where anything is refused, missing or changed."
    })
final class ModelVerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private LogOptions log = new LogOptions();
  @Mixin private KeysOption keys = new KeysOption();

  @Parameters(
      arity = "0..1",
      paramLabel = "VERSION|STAGE|DIR",
      description = "What to check (default: what every stage holds).")
  private @Nullable String name;

  @Option(names = "--load", description = "Load it into ONNX Runtime and warm it, too.")
  private boolean load;

  @Override
  public Integer call() throws TopicMismatchException, IOException {
    if (name != null && Files.isDirectory(Path.of(name))) {
      return check(Found.ofPackage(Path.of(name))) ? 0 : 1;
    }
    LogOptions.Place place = log.place();
    Trust trust = keys.folder().trust().get();
    Path cache = Files.createTempDirectory("headwater-verify");
    try (ModelLog opened = place.open(trust, cache)) {
      return (name == null ? checkStages(opened) : check(Found.of(name, () -> opened))) ? 0 : 1;
    } finally {
      delete(cache);
    }
  }

  private boolean checkStages(ModelLog opened) {
    boolean sound = true;
    List<Stage> stages = Arrays.asList(Stage.values());
    for (Stage stage : stages) {
      if (opened.latest(stage).isPresent()) {
        sound &= check(Found.ofStage(opened, stage));
      } else if (opened.passedOver(stage).isEmpty()) {
        out().printf("stage %s: empty%n", Found.name(stage));
      }
      if (opened.passedOver(stage).isPresent()) {
        sound = false;
        out()
            .printf(
                "REFUSED  stage %s: %s%n",
                Found.name(stage), opened.passedOver(stage).get().getMessage());
      }
    }
    return sound;
  }

  private boolean check(Found found) {
    ModelPackage version = found.version();
    String what = "%s, version %s".formatted(found.whence(), Digest.brief(version.version()));
    try {
      long bytes = 0;
      for (BlobRef blob : version.manifest().getBlobs()) {
        int length = version.blobs().get(blob.getDigest()).length;
        if (length != blob.getBytes()) {
          throw new IllegalArgumentException(
              "blob %s has %d bytes where the manifest says %d"
                  .formatted(blob.getDigest(), length, blob.getBytes()));
        }
        bytes += length;
      }
      if (load) {
        LoadedModel.load(version).close();
      }
      out()
          .printf(
              "sound    %s: %d blobs, %,d bytes%s%s%n",
              what,
              version.manifest().getBlobs().size(),
              bytes,
              found
                  .published()
                  .map(published -> ", signed by key " + published.record().getKeyId())
                  .orElse(""),
              load ? "; it loads" : "");
      return true;
    } catch (RuntimeException e) {
      out().printf("REFUSED  %s: %s%n", what, e.getMessage());
      return false;
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
