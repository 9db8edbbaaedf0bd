package io.headwater.ops.images;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.ops.command.HeadwaterCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import picocli.CommandLine.ParseResult;

/** What can be checked of the container files without an engine. */
class ComposeFileTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private final JsonNode compose = compose();

  /** Merge keys ({@code <<}) are resolved by SnakeYAML's own loader alone. */
  private static JsonNode compose() {
    try {
      Object loaded =
          new Yaml(new LoaderOptions()).load(Files.readString(ROOT.resolve("docker-compose.yml")));
      return new ObjectMapper().valueToTree(loaded);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private List<String> services() {
    List<String> names = new ArrayList<>();
    compose.get("services").fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void compose_namesTheLoop() {
    assertThat(services())
        .containsExactlyInAnyOrder(
            "kafka",
            "topics",
            "signing-key",
            "trusted-keys",
            "first-version",
            "scorer-1",
            "scorer-2",
            "trainer",
            "prometheus");
    assertThat(compose.at("/services/kafka/image").asText()).isEqualTo("apache/kafka:4.3.1");
  }

  @Test
  void everyService_thatIsWaitedFor_exists() {
    compose
        .get("services")
        .forEach(
            service -> {
              List<String> awaited = new ArrayList<>();
              JsonNode names = service.path("depends_on");
              names.fieldNames().forEachRemaining(awaited::add);
              names.forEach(
                  name -> awaited.addAll(name.isTextual() ? List.of(name.asText()) : List.of()));
              assertThat(services()).containsAll(awaited);
            });
  }

  @Test
  void everyFile_thatIsNamed_exists() throws IOException {
    for (JsonNode service : compose.get("services")) {
      if (service.has("build")) {
        assertThat(ROOT.resolve(service.at("/build/dockerfile").asText())).isRegularFile();
      }
      for (JsonNode volume : service.path("volumes")) {
        String source = volume.asText().split(":", -1)[0];
        if (source.startsWith(".")) {
          assertThat(ROOT.resolve(source)).exists();
        } else {
          assertThat(compose.path("volumes").has(source)).isTrue();
        }
      }
    }
  }

  @Test
  void everyCommand_isOneOfHeadwaters_onFilesThatExist() {
    for (String name : services()) {
      JsonNode command = compose.at("/services/" + name + "/command");
      if (command.isMissingNode()) {
        continue;
      }
      List<String> arguments = new ArrayList<>();
      command.forEach(argument -> arguments.add(argument.asText()));
      ParseResult parsed = HeadwaterCommand.line().parseArgs(arguments.toArray(String[]::new));
      assertThat(parsed.hasSubcommand()).isTrue();
      arguments.stream()
          .filter(argument -> argument.startsWith("/pipelines/"))
          .forEach(argument -> assertThat(ROOT.resolve("ops" + argument)).isRegularFile());
    }
  }

  @Test
  void everySecret_isAbsent() {
    assertThat(compose.toString()).doesNotContainIgnoringCase("password").doesNotContain("secret");
  }

  @Test
  void prometheus_scrapesTheScorersAndTheTrainerWhereTheyListen() throws IOException {
    JsonNode scrape =
        new YAMLMapper().readTree(ROOT.resolve("ops/prometheus/prometheus.yml").toFile());
    List<String> targets = new ArrayList<>();
    scrape
        .get("scrape_configs")
        .forEach(job -> job.at("/static_configs/0/targets").forEach(t -> targets.add(t.asText())));
    assertThat(targets)
        .containsExactlyInAnyOrder("scorer-1:8080", "scorer-2:8080", "trainer:8081")
        .allSatisfy(
            target -> {
              String[] parts = target.split(":", -1);
              JsonNode command = compose.at("/services/" + parts[0] + "/command");
              assertThat(command.toString())
                  .contains("\"--http-host\",\"0.0.0.0\",\"--http-port\",\"" + parts[1] + "\"");
              assertThat(compose.at("/services/" + parts[0] + "/healthcheck").toString())
                  .contains(":" + parts[1] + "/health/live");
            });
  }

  @Test
  void dockerfile_copiesWhatTheBuildMakes_andDropsItsRights() throws IOException {
    String dockerfile = Files.readString(ROOT.resolve("ops/images/Dockerfile"));
    assertThat(dockerfile).contains("\nUSER headwater\n").contains("io.headwater.ops.Main");
    List<String> files =
        Pattern.compile("ops/pipelines/\\S+")
            .matcher(dockerfile)
            .results()
            .map(MatchResult::group)
            .toList();
    assertThat(files).isNotEmpty().allSatisfy(file -> assertThat(ROOT.resolve(file)).exists());
  }

  @Test
  void samplePipeline_isSound_andItsDataAreWithItsLabels() throws IOException {
    Path folder = ROOT.resolve("ops/pipelines");
    List<String> labels = PipelineFile.read(folder.resolve("reviews.yaml")).labels();
    assertThat(io.headwater.ops.train.LabelledEvents.read(folder.resolve("reviews.jsonl"), labels))
        .hasSizeGreaterThan(50);
  }
}
