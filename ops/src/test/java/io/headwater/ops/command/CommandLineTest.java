package io.headwater.ops.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class CommandLineTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return HeadwaterCommand.line()
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  static Stream<List<String>> commands() {
    List<List<String>> paths = new ArrayList<>();
    collect(List.of(), HeadwaterCommand.line(), paths);
    return paths.stream();
  }

  private static void collect(List<String> path, CommandLine line, List<List<String>> collected) {
    collected.add(path);
    line.getSubcommands()
        .forEach(
            (name, child) -> {
              List<String> longer = new ArrayList<>(path);
              longer.add(name);
              collect(longer, child, collected);
            });
  }

  @ParameterizedTest
  @MethodSource("commands")
  void help_ofEveryCommand_saysWhatItIsAndHowItIsCalled(List<String> path) {
    List<String> arguments = new ArrayList<>(path);
    arguments.add("--help");
    assertThat(run(arguments.toArray(String[]::new))).isZero();
    String name = String.join(" ", Stream.concat(Stream.of("headwater"), path.stream()).toList());
    assertThat(out.toString()).contains("Usage: " + name).matches("(?s)[A-Z][^\\n]+\\.\\n.*");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void root_withoutCommand_printsItsHelp() {
    assertThat(run()).isZero();
    assertThat(out.toString()).contains("First steps:", "headwater demo spam");
  }

  @Test
  void unknownOption_inPlaceOfARequiredOne_isNamedAndTheRightOneIsOffered() {
    assertThat(run("score", "--pipelin", "x.yaml")).isEqualTo(2);
    assertThat(err.toString()).contains("Unknown option", "'--pipelin'", "--pipeline");
  }

  @Test
  void unknownCommand_isAUsageError() {
    assertThat(run("scroe")).isEqualTo(2);
    assertThat(err.toString()).contains("scroe").contains("Did you mean", "score");
  }

  @Test
  void topicsVerify_withoutACluster_isAUsageError(@TempDir Path folder) throws IOException {
    Path file = pipeline(folder);
    assertThat(run("topics", "verify", "--pipeline", file.toString(), "-b", "")).isEqualTo(2);
    assertThat(err.toString()).contains("HEADWATER_BOOTSTRAP_SERVER").doesNotContain("\tat ");
  }

  @Test
  void pipelineCheck_ofASoundFile_saysSo(@TempDir Path folder) throws IOException {
    assertThat(run("pipeline", "check", pipeline(folder).toString())).isZero();
    assertThat(out.toString()).contains("is sound: pipeline reviews");
  }

  @Test
  void pipelineCheck_ofAWrongFile_namesEveryProblemInALineEach(@TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("p.yaml"), "pipelin: x\nlabels: [one]\n");
    assertThat(run("pipeline", "check", file.toString())).isEqualTo(1);
    assertThat(err.toString().lines()).hasSizeGreaterThan(1).allMatch(l -> l.contains("p.yaml:"));
  }

  @Test
  void debug_printsTheStackTrace() {
    assertThat(run("--debug", "pipeline", "check", "/nonexistent")).isEqualTo(1);
    assertThat(err.toString()).contains("PipelineFileException", "\tat ");
  }

  @Test
  void completion_isAScriptThatKnowsTheCommands() {
    assertThat(run("completion")).isZero();
    assertThat(out.toString()).startsWith("#!").contains("score", "--pipeline");
  }

  @Test
  void clientSettings_read_keepSecretsOutOfTheirText(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("client.properties"),
            """
            bootstrap.servers=kafka:9092
            sasl.jaas.config=org.example.Login password="hunter2";
            consumer.max.poll.records=10
            """);
    ClientSettings settings = ClientSettings.read(file);
    assertThat(settings.client()).containsKeys("bootstrap.servers", "sasl.jaas.config");
    assertThat(settings.overrides()).containsOnlyKeys("consumer.max.poll.records");
    assertThat(settings).hasToString("client settings for kafka:9092");
  }

  private static Path pipeline(Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("p.yaml"),
        """
        pipeline: reviews
        model: { pretrained: all-minilm-l6-v2-q }
        features:
          text: { fields: [title] }
        labels: [negative, positive]
        """);
  }
}
