package io.headwater.ops.command;

import io.headwater.ops.UserError;
import io.headwater.ops.models.CheckTable;
import io.headwater.ops.models.ModelCheck;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells what becomes of ONNX files: a row each, or the reason of a refusal. */
@Command(
    name = "check",
    header = "Tell what becomes of ONNX files from anywhere.",
    description = {
      "Each is guarded, imported, cut, exported, compared on 32 random inputs and, where the"
          + " trainer knows its last segment's operators, differentiated.",
      "A name such as all-minilm-l6-v2 stands for that pre-trained model."
    })
final class ModelCheckCommand implements Callable<Integer>, Offline {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--markdown", description = "Print one table in Markdown.")
  private boolean markdown;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "ONNX files, or names.")
  private List<String> files = List.of();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    ModelCheck check = new ModelCheck();
    List<ModelCheck.Row> rows = new ArrayList<>();
    for (String file : files) {
      OnnxSource source = new OnnxSource(file);
      ModelCheck.Row row;
      try {
        row = check.check(source.name(), source.bytes(spec.commandLine().getErr()::println));
      } catch (UserError e) {
        row = new ModelCheck.Refused(source.name(), 0, e.problem());
      }
      rows.add(row);
      if (!markdown) {
        CheckTable.lines(row).forEach(out::println);
        out.flush();
      }
    }
    if (markdown) {
      CheckTable.markdown(rows).forEach(out::println);
    }
    return rows.stream().allMatch(ModelCheck.Row::passed) ? 0 : 1;
  }
}
