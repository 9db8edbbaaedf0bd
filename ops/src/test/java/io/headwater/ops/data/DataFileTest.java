package io.headwater.ops.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.ops.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataFileTest {
  @TempDir Path directory;

  private List<LabelledItem> read(String content) throws IOException {
    return DataFile.read(Files.writeString(directory.resolve("mine"), content));
  }

  @Test
  void read_jsonLines_takesTextAndLabel() throws IOException {
    List<LabelledItem> items =
        read("{\"text\":\"one\",\"label\":\"a\"}\n\n{\"text\":\"two\",\"label\":1,\"id\":\"x\"}\n");

    assertThat(items).extracting(LabelledItem::id).containsExactly("line-1", "x");
    assertThat(items).extracting(LabelledItem::label).containsExactly("a", "1");
    assertThat(items.get(0).fields()).containsEntry("text", "one");
    assertThat(items.get(0).time()).isNull();
  }

  @Test
  void read_tabSeparatedWithTimes_isPutInTheirOrder() throws IOException {
    List<LabelledItem> items =
        read("\uFEFFlabel\ttime\ttext\na\t2026-01-02T00:00:00Z\tlate\nb\t1000\tearly\n");

    assertThat(items)
        .extracting(item -> item.fields().get("text"))
        .containsExactly("early", "late");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x y                                               | mine:1: is neither",
        "text~label^one                                    | mine:2: has 1 columns",
        "text~label^~a                                     | mine:2: has no text",
        "text~label^a~                                     | mine:2: has no label",
        "text~label~id^a~b~i^a~b~i                         | mine:3: has an id",
        "text~label~time^a~b~soon                          | mine:2: has a time",
        "{\"text\":\"a\",\"label\":\"b\"}^{\"text\":       | mine:2: is not JSON",
        "{\"text\":[1],\"label\":\"b\"}                    | mine:1: has a text",
        "text~label^a~b^c~b                                | fewer than two labels",
        "text~label~time^a~b~5^a~c~                        | times on 1 of 2 rows",
      })
  void read_badRow_namesTheLine(String content, String message) {
    assertThatThrownBy(() -> read(content.strip().replace('~', '\t').replace('^', '\n')))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message.strip())
        .message()
        .doesNotContain("\n");
  }

  @Test
  void read_missingFile_isAUserError() {
    assertThatThrownBy(() -> DataFile.read(directory.resolve("none")))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("none", "--data");
  }

  @Test
  void read_notUtf8_isAUserError() throws IOException {
    Path file = Files.write(directory.resolve("mine"), new byte[] {'{', (byte) 0xff, '}'});

    assertThatThrownBy(() -> DataFile.read(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("UTF-8");
  }
}
