package io.headwater.ops.command;

import io.headwater.model.onnx.SegmentGraphs;
import io.headwater.model.pack.MissingBlobException;
import io.headwater.model.pack.ModelPackage;
import io.headwater.ops.UserError;
import io.headwater.schemas.topics.TopicMismatchException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a package as one ONNX file. */
@Command(name = "export", header = "Write a package as one ONNX file that any ONNX Runtime runs.")
final class ModelExportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private LogOptions log = new LogOptions();
  @Mixin private KeysOption keys = new KeysOption();

  @Parameters(
      index = "0",
      paramLabel = "VERSION|STAGE|DIR",
      description = "Leading digits of a version, a stage, or a package's directory.")
  private String name = "";

  @Parameters(index = "1", paramLabel = "OUT.onnx", description = "Written anew.")
  private Path file = Path.of("");

  @Override
  public Integer call() throws TopicMismatchException {
    ByteBuffer model;
    try (LazyLog lazy = new LazyLog(log, keys)) {
      ModelPackage version = lazy.find(name).version();
      model =
          SegmentGraphs.assemble(
              version.manifest().getSegments(),
              version.blobs(),
              Set.of(version.manifest().getScored()));
    } catch (IllegalArgumentException | MissingBlobException e) {
      throw new UserError(
          "%s can't be exported: %s".formatted(name, e.getMessage()), "import the model again", e);
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
    return 0;
  }
}
