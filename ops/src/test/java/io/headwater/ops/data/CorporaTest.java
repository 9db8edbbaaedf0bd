package io.headwater.ops.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.ops.UserError;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorporaTest {
  @TempDir Path directory;

  private Path tarball(Map<String, String> files) throws IOException {
    Path file = directory.resolve("toy.tgz");
    try (OutputStream out = Files.newOutputStream(file);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(out))) {
      for (Map.Entry<String, String> entry : files.entrySet()) {
        byte[] bytes = entry.getValue().getBytes(UTF_8);
        TarArchiveEntry header = new TarArchiveEntry(entry.getKey());
        header.setSize(bytes.length);
        tar.putArchiveEntry(header);
        tar.write(bytes);
        tar.closeArchiveEntry();
      }
    }
    return file;
  }

  private static String mail(String date) {
    return "{\"text\":\"Date: %s\\nSubject: s\\n\\nbody\"}".formatted(date);
  }

  @Test
  void spamAssassin_mailsInSeveralFolders_comeInOrderOfArrival() throws IOException {
    List<LabelledItem> items =
        SpamAssassin.in(
            tarball(
                Map.of(
                    "package/data/spam-2/00001.a.json", mail("1 Mar 2002 00:00:00 GMT"),
                    "package/data/easy-ham-1/00001.b.json", mail("1 Feb 2002 00:00:00 GMT"),
                    "package/data/hard-ham-1/00001.c.json", mail("none"),
                    "package/data/easy-ham-1/00001.b.txt", "not wanted",
                    "package/data/file_list.json", "not wanted")));

    assertThat(items).extracting(LabelledItem::label).containsExactly("ham", "ham", "spam");
    assertThat(items)
        .allSatisfy(
            item -> {
              assertThat(item.id()).matches("[0-9a-f]{16}");
              assertThat(item.fields().keySet()).containsExactly("subject", "body");
            });
    assertThat(items.get(0).time()).isEqualTo("2001-01-01T00:00:00Z");
    assertThat(items.get(2).time()).isEqualTo("2002-03-01T00:00:00Z");
  }

  @Test
  void spamAssassin_mailsOfOneSecond_areOrderedByIdWhateverTheirFolder() {
    String json = mail("1 Mar 2002 00:00:00 GMT");
    Map<String, byte[]> files =
        Map.of(
            "package/data/spam-2/1.json", json.getBytes(UTF_8),
            "package/data/spam-2/2.json", json.getBytes(UTF_8),
            "package/data/easy-ham-1/3.json", json.getBytes(UTF_8),
            "package/data/easy-ham-1/4.json", json.getBytes(UTF_8));

    assertThat(SpamAssassin.inOrder(files)).extracting(LabelledItem::id).isSorted();
  }

  @Test
  void sentences_file_losesItsEmptyLastElementAndIsShuffledBySeed() throws IOException {
    StringBuilder json = new StringBuilder("[");
    for (int i = 0; i < 20; i++) {
      json.append("{\"text\":\"s%d  \",\"class\":%d},".formatted(i, i / 10));
    }
    json.append("{\"text\":\"\",\"class\":null}]");
    SentimentSentences sentences =
        SentimentSentences.in(tarball(Map.of("package/test/fixtures/imdb.json", json.toString())));

    List<LabelledItem> items = sentences.on(SentimentSentences.Subject.IMDB, 1);

    assertThat(items).hasSize(20).isEqualTo(sentences.on(SentimentSentences.Subject.IMDB, 1));
    assertThat(items).isNotEqualTo(sentences.on(SentimentSentences.Subject.IMDB, 2));
    assertThat(items)
        .filteredOn(item -> item.id().equals("imdb-0019"))
        .singleElement()
        .satisfies(
            item -> {
              assertThat(item.label()).isEqualTo("positive");
              assertThat(item.fields()).containsExactly(Map.entry("text", "s19"));
            });
  }

  @Test
  void tarball_thatIsNone_isAUserError() throws IOException {
    Path file = Files.writeString(directory.resolve("broken.tgz"), "no gzip");

    assertThatThrownBy(() -> SpamAssassin.in(file))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("broken.tgz", "delete that file");
  }
}
