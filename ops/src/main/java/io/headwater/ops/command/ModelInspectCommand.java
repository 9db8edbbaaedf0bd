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

  @Parameters(
      paramLabel = "DIR|FILE|NAME",
      description =
          "A model package, an ONNX file, or a pre-trained model's name such as all-minilm-l6-v2.")
  private String given = "";

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      if (Files.isDirectory(Path.of(given))) {
        ChainDrawing.of(PackageDirectory.read(Path.of(given))).forEach(out::println);
        return;
      }
      Imported imported = imported(new OnnxSource(given));
      ModelPackage version = imported.version();
      ChainDrawing.of(version).forEach(out::println);
      imported.notes().forEach(note -> out.println("  note: " + note));
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new UserError(
          "%s can't be inspected: %s".formatted(given, e.getMessage()),
          "name a package or an ONNX file that is whole",
          e);
    }
  }

  private Imported imported(OnnxSource source) {
    FeatureBinder none = inputs -> new FeatureBinder.Bound(List.of(), List.of());
    return ModelImport.of(
        source.bytes(spec.commandLine().getErr()::println),
        ImportRequest.asIs(source.name()),
        none,
        new OrtRunner());
  }
}
