package io.headwater.ops.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.ops.UserError;
import io.headwater.trainer.LabelledEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelledEventsTest {
  private static final List<String> LABELS = List.of("ham", "spam");

  private final Path folder;

  LabelledEventsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("events"), text);
  }

  @Test
  void read_jsonLines_takesTheLabelOutOfTheEvent() throws IOException {
    List<LabelledEvent> events =
        LabelledEvents.read(
            file("{\"id\":\"1\",\"mail\":{\"subject\":\"Hi\"},\"label\":\"ham\"}\n\n"), LABELS);
    assertThat(events).hasSize(1);
    assertThat(events.get(0).label()).isEqualTo("ham");
    assertThat(events.get(0).event()).hasToString("{\"id\":\"1\",\"mail\":{\"subject\":\"Hi\"}}");
  }

  @Test
  void read_tabSeparated_buildsNestedFields() throws IOException {
    List<LabelledEvent> events =
        LabelledEvents.read(file("id\tmail.subject\tmail.body\tlabel\n1\tHi\tBuy\tspam\n"), LABELS);
    assertThat(events.get(0).event())
        .hasToString("{\"id\":\"1\",\"mail\":{\"subject\":\"Hi\",\"body\":\"Buy\"}}");
    assertThat(events.get(0).label()).isEqualTo("spam");
  }

  @Test
  void read_rowsThatCantBeUsed_namesTheLineAndNotItsText() throws IOException {
    refused("{\"id\":\"1\",\"label\":\"ham\"}\n{\"secret", ":2: not JSON");
    refused("{\"id\":\"1\",\"label\":\"secret\"}", ":1: a label that the pipeline does not name");
    refused("{\"id\":\"secret\"}", ":1: no label");
    refused("id\tlabel\n1\tham\tsecret\n", ":2: 3 columns where the first line names 2");
    refused("secret\n", ":1: neither");
    refused("{\"id\":\"1\",\"label\":\"ham\"}\nsecret\n", ":2: not a JSON object");
    refused("\n", "holds no labelled events");
  }

  @Test
  void read_bytesThatAreNotUtf8_namesTheLine() throws IOException {
    Path file = folder.resolve("latin");
    Files.write(file, "id\tlabel\n\u00e9\tham\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> LabelledEvents.read(file, LABELS))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("not UTF-8");
  }

  private void refused(String text, String problem) throws IOException {
    Path file = file(text);
    assertThatThrownBy(() -> LabelledEvents.read(file, LABELS))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(problem)
        .hasMessageNotContaining("secret");
  }
}
