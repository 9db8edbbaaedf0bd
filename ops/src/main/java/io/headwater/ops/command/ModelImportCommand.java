package io.headwater.ops.command;

import io.headwater.model.featurise.FeatureBinding;
import io.headwater.model.featurise.Statistics;
import io.headwater.model.onnx.FeatureBinder;
import io.headwater.model.onnx.HeadInput;
import io.headwater.model.onnx.ImportRequest;
import io.headwater.model.onnx.Imported;
import io.headwater.model.onnx.ModelImport;
import io.headwater.model.onnx.Thresholds;
import io.headwater.model.pack.PackageDirectory;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.OrtRunner;
import io.headwater.ops.UserError;
import io.headwater.ops.models.ChainDrawing;
import io.headwater.ops.models.ImportedGoldens;
import io.headwater.ops.models.ModelFiles;
import io.headwater.ops.models.SourceSample;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a model package of an ONNX file. */
@Command(
    name = "import",
    header = "Make a model package of any ONNX file.",
    description =
        "Weights are lifted out, the graph is cut where one activation alone crosses it, and a"
            + " head for new labels is put behind it where one is asked for.")
final class ModelImportCommand implements Runnable, Offline {
  private static final String AUTO = "auto";
  private static final String LINEAR = "linear";
  private static final String MLP = "mlp:";

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private PipelineOption pipelineFile = new PipelineOption();

  @Parameters(
      paramLabel = "FILE.onnx|NAME",
      description =
          "The model: a file, or a pre-trained model's name such as all-minilm-l6-v2, which brings"
              + " its tokenizer along.")
  private String file = "";

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the package is written.")
  private Path out = Path.of("");

  @Option(
      names = "--cut",
      split = ",",
      paramLabel = "TENSOR",
      description = "Activations to cut at; auto (the default) cuts before every block.")
  private List<String> cuts = List.of(AUTO);

  @Option(
      names = "--head",
      paramLabel = "linear|mlp:N",
      description = "A new head, on the pooled output: linear, or with N hidden units.")
  private @Nullable String head;

  @Option(
      names = "--labels",
      split = ",",
      paramLabel = "LABEL",
      description = "Class names in the order of the outputs; else those of the pipeline.")
  private List<String> labels = List.of();

  @Option(names = "--name", description = "The model's name; else its file's.")
  private @Nullable String name;

  @Option(
      names = "--output",
      paramLabel = "TENSOR",
      description =
          "What the model answers, or the head reads; else the pipeline's outputs.score, or the"
              + " model's first output.")
  private @Nullable String output;

  @Option(
      names = "--tokenizer",
      paramLabel = "FILE",
      description = "The tokenizer.json of a model that reads text.")
  private @Nullable Path tokenizer;

  @Option(
      names = "--trainable",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many trailing segments are fine-tuned; 1 is the head alone.")
  private int trainable;

  @Option(
      names = "--source-sample",
      paramLabel = "FILE",
      description = "Labelled events of the model's own task, a JSON object a line.")
  private @Nullable Path sourceSample;

  @Option(names = "--seed", defaultValue = "7", description = "Of a new head's weights.")
  private long seed;

  @Override
  public void run() {
    Pipeline pipeline = pipelineFile.read();
    if (pipeline.regression() != null && !labels.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "--labels names classes, and the labels of "
              + pipeline.name()
              + " are numbers; leave it out");
    }
    ImportRequest.NewHead newHead = newHead();
    SourceSample sample =
        sourceSample == null ? SourceSample.NONE : SourceSample.read(sourceSample);
    OnnxSource source = new OnnxSource(file);
    Consumer<String> progress = spec.commandLine().getErr()::println;
    byte[] tokens = tokenizer == null ? source.tokenizer(progress) : ModelFiles.read(tokenizer);
    Statistics statistics = sample.statistics(pipeline);
    FeatureBinder binder =
        inputs ->
            new FeatureBinder.Bound(
                FeatureBinding.bind(pipeline, inputs, tokens, statistics),
                tokens == null ? List.of() : List.of(tokens));
    List<String> named = labels.isEmpty() ? pipeline.labels() : labels;
    ImportRequest request =
        new ImportRequest(
            pipeline.name(),
            name == null ? source.name() : name,
            named,
            Thresholds.of(pipeline, named),
            cuts.equals(List.of(AUTO)) ? List.of() : cuts,
            output == null ? pipeline.scores().scoreOutput() : output,
            newHead,
            trainable,
            seed,
            sample.bytes(),
            pipeline.scores().embeddingOutput(),
            pipeline.regression() != null);
    Imported imported;
    try {
      imported = ModelImport.of(source.bytes(progress), request, binder, new OrtRunner());
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new UserError(
          "%s can't be imported: %s".formatted(file, e.getMessage()),
          "headwater model inspect %s shows what it is made of".formatted(file),
          e);
    }
    ImportedGoldens.Sealed sealed = ImportedGoldens.seal(imported, sample.events());
    PackageDirectory.write(out, sealed.version());
    PrintWriter terminal = spec.commandLine().getOut();
    ChainDrawing.of(sealed.version()).forEach(terminal::println);
    imported.notes().forEach(note -> terminal.println("  note: " + note));
    sealed.note().ifPresent(note -> terminal.println("  note: " + note));
    terminal.println("written to " + out);
  }

  private ImportRequest.@Nullable NewHead newHead() {
    if (head == null) {
      return null;
    }
    if (head.equals(LINEAR)) {
      return new ImportRequest.NewHead(0, HeadInput.STANDARDISED);
    }
    if (head.matches(MLP + "[1-9][0-9]{0,4}")) {
      return new ImportRequest.NewHead(
          Integer.parseInt(head.substring(MLP.length())), HeadInput.STANDARDISED);
    }
    throw new ParameterException(
        spec.commandLine(), "--head is '" + head + "'; it is linear, or mlp:N such as mlp:64");
  }
}
