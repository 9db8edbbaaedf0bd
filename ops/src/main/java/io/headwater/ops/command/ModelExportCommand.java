package io.headwater.ops.command;

import io.headwater.model.onnx.SegmentGraphs;
import io.headwater.model.pack.MissingBlobException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.PackageDirectory;
import io.headwater.ops.UserError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a package as one ONNX file. */
@Command(name = "export", header = "Write a package as one ONNX file that any ONNX Runtime runs.")
final class ModelExportCommand implements Runnable, Offline {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "DIR", description = "The model package.")
  private Path directory = Path.of("");

  @Parameters(index = "1", paramLabel = "OUT.onnx", description = "Written anew.")
  private Path file = Path.of("");

  @Override
  public void run() {
    ByteBuffer model;
    try {
      ModelPackage version = PackageDirectory.read(directory);
      model =
          SegmentGraphs.assemble(
              version.manifest().getSegments(),
              version.blobs(),
              Set.of(version.manifest().getScored()));
    } catch (IllegalArgumentException | MissingBlobException e) {
      throw new UserError(
          "%s can't be exported: %s".formatted(directory, e.getMessage()),
          "import the model again",
          e);
    }
    int bytes = model.remaining();
    try (FileChannel out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      while (model.hasRemaining()) {
        out.write(model);
      }
    } catch (IOException e) {
      throw new UserError(
          "%s can't be written (%s)".formatted(file, e.getMessage()),
          "name a file in a directory that is there and has room",
          e);
    }
    spec.commandLine().getOut().println("%s: %.1f MB".formatted(file, bytes / 1e6));
  }
}
