package io.headwater.model.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemorySectionTest {
  @TempDir private Path folder;

  private Memory read(String training) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("mail.yaml"),
            """
            pipeline: mail
            model: { pretrained: m }
            features:
              text: { type: text, fields: [text] }
            labels: [ham, spam]
            training: { %s }
            """
                .formatted(training));
    return PipelineFile.read(file).training().memory();
  }

  @Test
  void nothingGiven_excludesNothing() throws IOException {
    assertThat(read("trigger: 250")).isEqualTo(Memory.DEFAULT);
  }

  @Test
  void allGiven_isRead() throws IOException {
    Files.writeString(folder.resolve("ids.txt"), "e2\n\ne3\n");
    Memory memory =
        read(
            "sourceCap: 0.25, replayBytes: 2MiB, guard: guard.jsonl, rehearsal: old.jsonl, guardTolerance: 0.01, exclude:"
                + " { events: [e1], eventsFile: ids.txt, sources: [bot], examples: ['0:3', '1:5-9'] }");
    assertThat(memory.sourceCap()).isEqualTo(0.25);
    assertThat(memory.replayBytes()).isEqualTo(2 << 20);
    assertThat(memory.guard()).isEqualTo(folder.resolve("guard.jsonl"));
    assertThat(memory.rehearsal()).isEqualTo(folder.resolve("old.jsonl"));
    assertThat(memory.guardTolerance()).isEqualTo(0.01);
    assertThat(memory.exclude())
        .isEqualTo(
            new Exclusions(
                Set.of("e1", "e2", "e3"),
                Set.of("bot"),
                List.of(new Exclusions.Span(0, 3, 3), new Exclusions.Span(1, 5, 9))));
    assertThat(memory.exclude().excludes("other", "desk", 1, 9)).isTrue();
    assertThat(memory.exclude().excludes("other", "desk", 1, 10)).isFalse();
    assertThat(memory.exclude())
        .hasToString("source bot, event e1, e2, e3, examples at 0:3, 1:5-9");
  }

  @Test
  void mistakes_areAllReported() {
    assertThatThrownBy(
            () ->
                read("guardTolerance: 0.1, exclude: { eventsFile: none.txt, examples: ['0:9-3'] }"))
        .hasMessageContaining("there is no 'training.guard'")
        .hasMessageContaining("none.txt")
        .hasMessageContaining("partition:first-last");
  }
}
