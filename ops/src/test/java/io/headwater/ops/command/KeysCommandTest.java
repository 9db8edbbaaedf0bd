package io.headwater.ops.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.sign.KeyFolder;
import io.headwater.model.sign.TrustedKey;
import io.headwater.schemas.Stage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class KeysCommandTest {
  @TempDir private Path folder;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  private int run(Path keys, String... arguments) {
    out = new StringWriter();
    err = new StringWriter();
    List<String> all = new ArrayList<>(List.of("keys", arguments[0], "--keys", keys.toString()));
    all.addAll(List.of(arguments).subList(1, arguments.length));
    return HeadwaterCommand.line()
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(all.toArray(String[]::new));
  }

  private static TrustedKey only(Path keys) {
    List<TrustedKey> trusted = new KeyFolder(keys).trust().get().keys();
    assertThat(trusted).hasSize(1);
    return trusted.get(0);
  }

  @Test
  void generate_aKeyForOneStage_trustsItForThatAndPrintsNoSecret() throws IOException {
    assertThat(run(folder, "generate", "trainer", "--stages", "candidate")).isZero();
    TrustedKey key = only(folder);
    assertThat(key.stages()).isEqualTo(Set.of(Stage.CANDIDATE));
    assertThat(key.pipelines()).isEqualTo(Set.of(TrustedKey.ANY));
    assertThat(out.toString())
        .contains(
            key.key().id(),
            "trainer.pub",
            "headwater keys trust --name trainer",
            "--stages candidate");
    String secret = Files.readAllLines(folder.resolve("trainer.key")).get(1);
    assertThat(out.toString()).doesNotContain(secret);
    assertThat(run(folder, "generate", "trainer")).isEqualTo(1);
    assertThat(err.toString()).contains("there is a key trainer already");
    assertThat(run(folder, "generate", "trainer", "--if-none")).isZero();
  }

  @Test
  void trust_aKeysTextOrFile_trustsItElsewhere() {
    run(folder, "generate");
    TrustedKey made = only(folder);
    Path elsewhere = folder.resolve("scorer");
    assertThat(run(elsewhere, "trust", "--name", "laptop", made.key().text())).isZero();
    assertThat(only(elsewhere)).isEqualTo(TrustedKey.forAll("laptop", made.key()));
    assertThat(new KeyFolder(elsewhere).names()).isEmpty();
    String file = folder.resolve("default.pub").toString();
    assertThat(run(elsewhere, "trust", file, "--until", "2027-01-01T00:00:00Z")).isZero();
    assertThat(only(elsewhere).name()).isEqualTo("laptop");
    assertThat(only(elsewhere).until()).isEqualTo(Instant.parse("2027-01-01T00:00:00Z"));
    assertThat(run(elsewhere, "list")).isZero();
    assertThat(out.toString())
        .contains(made.key().id(), "laptop", made.key().text(), "2027-01-01T00:00:00Z");
  }

  @Test
  void trust_neitherFileNorKey_isRefusedWithTheMend() {
    assertThat(run(folder, "trust", "default.pub")).isEqualTo(1);
    assertThat(err.toString()).contains("no file default.pub", "headwater keys list");
    assertThat(run(folder, "generate", "--until", "tomorrow")).isEqualTo(2);
    assertThat(new KeyFolder(folder).names()).isEmpty();
  }

  @Test
  void retire_byNameOrId_endsTheTrust() {
    run(folder, "generate", "old");
    assertThat(run(folder, "retire", "older")).isEqualTo(1);
    assertThat(err.toString()).contains("no trusted key", "older");
    assertThat(run(folder, "retire", "old")).isZero();
    assertThat(only(folder).until()).isBeforeOrEqualTo(Instant.now());
    assertThat(only(folder).revoked()).isFalse();
    assertThat(run(folder, "retire", "--compromised", only(folder).key().id())).isZero();
    assertThat(only(folder).revoked()).isTrue();
    run(folder, "list");
    assertThat(out.toString()).contains("revoked");
    String file = folder.resolve("old.pub").toString();
    assertThat(run(folder, "trust", "--if-none", file)).isZero();
    assertThat(only(folder).revoked()).isTrue();
  }
}
