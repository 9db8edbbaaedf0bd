package io.headwater.ops.command;

import io.headwater.model.log.ModelLog;
import io.headwater.model.pack.Digest;
import io.headwater.model.pack.MissingBlobException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.ops.Lines;
import io.headwater.ops.UserError;
import io.headwater.ops.models.ModelFiles;
import io.headwater.ops.process.StopSignal;
import io.headwater.ops.registry.Found;
import io.headwater.ops.registry.Table;
import io.headwater.ops.train.FirstRelease;
import io.headwater.ops.train.LabelledEvents;
import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Lineage;
import io.headwater.schemas.topics.TopicMismatchException;
import io.headwater.trainer.Reproduced;
import io.headwater.trainer.Reproduction;
import io.headwater.trainer.publish.RecordedTraining;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trains a version once more and compares. */
@Command(
    name = "reproduce",
    header = "Train a version once more, as its lineage says, and compare every weight.",
    description = {
      "Reads the examples that the version's own list names, its parent, seed and settings, and"
          + " trains. With the instruction set, the runtime and the threads that are recorded, the"
          + " weights are the same bit for bit; else it tells how far they are apart, and what"
          + " differs between there and here. Nothing is published.",
      "Exit status 0 where every weight is the same, 1 where one differs."
    })
final class ModelReproduceCommand implements Callable<Integer> {
  @Mixin private Lines lines = new Lines();
  @Mixin private LogOptions log = new LogOptions();
  @Mixin private DeviceOptions device = new DeviceOptions();
  @Mixin private KeysOption keys = new KeysOption();

  @Parameters(
      paramLabel = "VERSION|STAGE",
      description = "Leading digits of a version, or a stage: its version is trained again.")
  private String name = "";

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = "The labelled events that a first version was trained on (train --data).")
  private @Nullable Path data;

  @Option(
      names = "--package",
      paramLabel = "DIR",
      description =
          "With --data: the package that it was trained from (default: the pipeline's"
              + " model.pretrained, with a new head).")
  private @Nullable Path imported;

  @Override
  public Integer call() throws TopicMismatchException {
    device.apply();
    LogOptions.Place place = log.place();
    try (ModelLog opened = place.open(keys.folder().trust().get())) {
      Found found = Found.of(name, () -> opened);
      StopSignal.requireUninterrupted();
      Reproduced reproduced;
      try {
        reproduced =
            found.version().manifest().getLineage().getExamples() == null
                ? first(place, found.version())
                : later(place, found.version(), opened);
      } catch (IllegalArgumentException e) {
        throw cannot(found.version(), String.valueOf(e.getMessage()), e);
      } catch (MissingBlobException e) {
        throw cannot(
            found.version(), "its list of examples or a weight is gone: " + e.getMessage(), e);
      }
      show(reproduced);
      return reproduced.sameWeights() ? 0 : 1;
    }
  }

  private Reproduced later(LogOptions.Place place, ModelPackage version, ModelLog opened) {
    String parent = String.valueOf(version.manifest().getLineage().getParent());
    ModelPackage from;
    try {
      from = Found.of(parent, () -> opened).version();
      for (BlobRef blob : from.manifest().getBlobs()) {
        byte[] unused = from.blobs().get(blob.getDigest());
      }
    } catch (UserError | MissingBlobException e) {
      throw cannot(
          version,
          "its parent %s is gone from the log (%s)".formatted(Digest.brief(parent), e.getMessage()),
          e);
    }
    lines.say(
        "training %s once more from %s on %,d examples"
            .formatted(
                Digest.brief(version.version()),
                Digest.brief(parent),
                version.manifest().getLineage().getExampleCount()));
    return new Reproduction(place.pipeline(), place.client().client())
        .of(version, from, () -> Thread.currentThread().isInterrupted());
  }

  private Reproduced first(LogOptions.Place place, ModelPackage version) {
    Lineage lineage = version.manifest().getLineage();
    String digest =
        RecordedTraining.of(lineage)
            .data()
            .orElseThrow(
                () ->
                    cannot(
                        version,
                        lineage.getParent() == null
                            ? "it was imported, not trained"
                            : "its lineage names neither examples nor a file of labelled events",
                        null));
    if (data == null) {
      throw new UserError(
          "version %s was trained on a file with SHA-256 %s, which is not in the log"
              .formatted(Digest.brief(version.version()), digest),
          "give that file with --data FILE");
    }
    String given = Digest.of(ModelFiles.read(data));
    if (!given.equals(digest)) {
      throw new UserError(
          "%s has SHA-256 %s; version %s was trained on a file with %s"
              .formatted(data, given, Digest.brief(version.version()), digest),
          "give that file with --data");
    }
    FirstRelease release = new FirstRelease(place.pipeline(), Clock.systemUTC());
    ModelPackage untrained =
        imported == null
            ? release.transfer(Pretraining.models(lines::say))
            : release.imported(imported);
    if (!untrained.version().equals(lineage.getParent())) {
      throw new UserError(
          "version %s was trained from %s; %s is %s"
              .formatted(
                  Digest.brief(version.version()),
                  Digest.brief(String.valueOf(lineage.getParent())),
                  imported == null ? "what the pipeline file transfers from" : imported,
                  Digest.brief(untrained.version())),
          "give the package with --package DIR, or the pipeline file as it was then");
    }
    return new Reproduction(place.pipeline(), place.client().client())
        .of(version, untrained, LabelledEvents.read(data, version.manifest().getLabels()));
  }

  private void show(Reproduced reproduced) {
    Table table = new Table("TENSOR", "LARGEST DIFFERENCE", "LARGEST VALUE");
    for (Reproduced.Difference tensor : reproduced.tensors()) {
      table.add(
          tensor.tensor(),
          tensor.sameBits() ? "none" : String.format(Locale.ROOT, "%.3g", tensor.largest()),
          String.format(Locale.ROOT, "%.3g", tensor.magnitude()));
    }
    table.lines().forEach(lines::say);
    reproduced.environment().forEach(line -> lines.say("environment  " + line));
    reproduced.notes().forEach(line -> lines.say("note  " + line));
    if (reproduced.sameVersion()) {
      lines.say("the same, bit for bit: version " + reproduced.again());
    } else if (reproduced.sameWeights()) {
      lines.say(
          "every weight is the same, bit for bit; the manifest is not (%s, and %s here)"
              .formatted(Digest.brief(reproduced.version()), Digest.brief(reproduced.again())));
    } else {
      lines.say(
          "DIFFERS  %d of %d tensors"
              .formatted(
                  reproduced.tensors().stream().filter(tensor -> !tensor.sameBits()).count(),
                  reproduced.tensors().size()));
    }
  }

  private static UserError cannot(ModelPackage version, String why, @Nullable Throwable cause) {
    return new UserError(
        "version %s can't be trained again: %s".formatted(Digest.brief(version.version()), why),
        "`headwater model show` tells how it was made, `headwater model list` what the log holds",
        cause);
  }
}
