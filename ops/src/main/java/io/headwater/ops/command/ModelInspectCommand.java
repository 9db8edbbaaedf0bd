package io.headwater.ops.command;

import io.headwater.model.onnx.FeatureBinder;
import io.headwater.model.onnx.ImportRequest;
import io.headwater.model.onnx.Imported;
import io.headwater.model.onnx.ModelImport;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.PackageDirectory;
import io.headwater.model.runtime.OrtRunner;
import io.headwater.ops.UserError;
import io.headwater.ops.models.ChainDrawing;
import io.headwater.ops.models.ModelFiles;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Draws the chain of segments of a package, or of an ONNX file as it would be cut. */
@Command(name = "inspect", header = "Draw the chain of segments of a package or an ONNX file.")
final class ModelInspectCommand implements Runnable, Offline {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "DIR|FILE", description = "A model package, or an ONNX file.")
  private Path path = Path.of("");

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      if (Files.isDirectory(path)) {
        ChainDrawing.of(PackageDirectory.read(path)).forEach(out::println);
        return;
      }
      Imported imported = imported(path);
      ModelPackage version = imported.version();
      ChainDrawing.of(version).forEach(out::println);
      imported.notes().forEach(note -> out.println("  note: " + note));
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new UserError(
          "%s can't be inspected: %s".formatted(path, e.getMessage()),
          "name a package or an ONNX file that is whole",
          e);
    }
  }

  private static Imported imported(Path file) {
    FeatureBinder none = inputs -> new FeatureBinder.Bound(List.of(), List.of());
    return ModelImport.of(
        ModelFiles.read(file),
        ImportRequest.asIs(String.valueOf(file.getFileName())),
        none,
        new OrtRunner());
  }
}
