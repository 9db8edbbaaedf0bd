package io.headwater.ops.gradients;

import io.headwater.model.runtime.InferenceException;
import io.headwater.ops.Lines;
import io.headwater.ops.UserError;
import io.headwater.trainer.gradient.GradientException;
import io.headwater.trainer.verify.BackendCase;
import io.headwater.trainer.verify.BackendCase.Verdict;
import io.headwater.trainer.verify.GradientCheck;
import io.headwater.trainer.verify.LightNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares gradients with finite differences, on models and on the ONNX project's own tests. */
@Command(
    name = "gradients",
    header = "Compare gradients with finite differences.",
    description = {
      "Each model, case or network is brought into the form that training uses, differentiated, and"
          + " compared with what ONNX Runtime answers beside it. Exit status 1: something differs."
    })
public final class GradientsCommand implements Callable<Integer> {
  @Mixin private Lines lines = new Lines();

  @Option(
      names = "--suite",
      paramLabel = "DIR",
      description = {
        "Backend tests of the ONNX project: folders with a model.onnx and its data, such as those of"
            + " the Debian package libonnx-testdata. May be given more than once."
      })
  private List<Path> suites = new ArrayList<>();

  @Option(
      names = "--light",
      paramLabel = "FILE",
      arity = "1..*",
      description = "\"Light\" networks of the ONNX project, whose weights are made up at random.")
  private List<Path> light = new ArrayList<>();

  @Option(names = "--verbose", description = "Name each case that did not pass, and why.")
  private boolean verbose;

  @Parameters(paramLabel = "MODEL", arity = "0..*", description = "ONNX models.")
  private List<Path> models = new ArrayList<>();

  private boolean differs;

  private GradientsCommand() {}

  @Override
  public Integer call() {
    if (suites.isEmpty() && light.isEmpty() && models.isEmpty()) {
      throw new UserError("there is nothing to check", "name a MODEL, or give --suite or --light");
    }
    for (Path suite : suites) {
      suite(suite);
    }
    for (Path network : light) {
      network(network, LightNetwork::check);
    }
    for (Path model : models) {
      network(model, GradientCheck::of);
    }
    return differs ? 1 : 0;
  }

  /** One way to check a model's bytes. */
  private interface Check {
    GradientCheck of(byte[] model);
  }

  private void network(Path file, Check check) {
    String name = String.valueOf(file.getFileName());
    try {
      GradientCheck result = check.of(Files.readAllBytes(file));
      differs |= !result.passed() && !result.trained().isEmpty();
      lines.say(
          "%-28s %s: gradients of %d of %d weights (%,d numbers), relative error %s"
              .formatted(
                  name,
                  result.passed() ? "agrees" : result.trained().isEmpty() ? "frozen" : "DIFFERS",
                  result.trained().size(),
                  result.weights(),
                  result.values(),
                  result.error().isPresent()
                      ? "%.1e".formatted(result.error().getAsDouble())
                      : "-"));
      result.obstacles().forEach(obstacle -> lines.say("  " + obstacle));
    } catch (GradientException | InferenceException e) {
      lines.say(
          "%-28s %s"
              .formatted(name, String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private void suite(Path suite) {
    Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
    Map<String, Integer> refused = new TreeMap<>();
    for (Path folder : folders(suite)) {
      BackendCase result = run(folder);
      counts.merge(result.verdict(), 1, Integer::sum);
      boolean wrong =
          result.verdict() == Verdict.VALUE_DIFFERS || result.verdict() == Verdict.GRADIENT_DIFFERS;
      differs |= wrong;
      if (result.verdict() == Verdict.REFUSED) {
        refused.merge(result.detail().replaceAll(" \\(node '[^']*'\\)", ""), 1, Integer::sum);
      }
      if (wrong || (verbose && result.verdict() != Verdict.PASSED)) {
        lines.say("%s %s %s".formatted(word(result.verdict()), result.name(), result.detail()));
      }
    }
    lines.say(suite + ":");
    counts.forEach((verdict, count) -> lines.say("  %-17s %d".formatted(word(verdict), count)));
    refused.forEach((why, count) -> lines.say("    %3d x %s".formatted(count, why)));
  }

  private static List<Path> folders(Path suite) {
    try (Stream<Path> files = Files.list(suite)) {
      return files.filter(path -> Files.exists(path.resolve("model.onnx"))).sorted().toList();
    } catch (IOException e) {
      throw unreadable(suite, e);
    }
  }

  private static BackendCase run(Path folder) {
    try {
      return BackendCase.run(folder);
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  private static UserError unreadable(Path path, IOException e) {
    return new UserError(path + " can't be read: " + e.getMessage(), "check the path", e);
  }

  private static String word(Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
