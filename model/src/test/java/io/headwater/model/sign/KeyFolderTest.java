package io.headwater.model.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.headwater.schemas.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFolderTest {
  private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private Path parent;
  private KeyFolder folder;

  @BeforeEach
  void nameTheFolder() {
    folder = new KeyFolder(parent.resolve("config/keys"));
  }

  private Signer make(String name) {
    return folder.make(name, UnaryOperator.identity()).signer();
  }

  @Test
  void make_newKey_isForItsOwnerAloneAndTrusted() throws IOException {
    Signer made = make("default");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
        .isEqualTo("rwx------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.secretFile("default"))))
        .isEqualTo("rw-------");
    assertThat(folder.signer("default").key()).isEqualTo(made.key());
    assertThat(KeyFolder.readPublic(folder.publicFile("default"))).isEqualTo(made.key());
    assertThat(Files.readString(folder.publicFile("default"))).doesNotContain("PRIVATE");
    assertThat(folder.trust().get()).isEqualTo(Trust.of(TrustedKey.forAll("default", made.key())));
    assertThat(folder.make("default", UnaryOperator.identity()).isNew()).isFalse();
    assertThat(folder.names()).containsExactly("default");
  }

  @Test
  void signer_thatOthersMayRead_isRefusedWithTheMend() throws IOException {
    make("open");
    Files.setPosixFilePermissions(
        folder.secretFile("open"), PosixFilePermissions.fromString("rw-r-----"));
    assertThatExceptionOfType(KeyFileException.class)
        .isThrownBy(() -> folder.signer("open"))
        .withMessageContaining("chmod 600");
  }

  @Test
  void signer_missingMixedUpOrDamaged_isRefusedWithoutItsContent() throws IOException {
    make("a");
    make("b");
    String a = Files.readString(folder.secretFile("a"));
    String b = Files.readString(folder.secretFile("b"));
    int shown = a.indexOf("-----BEGIN PUBLIC");
    KeyFiles.writePrivate(folder.secretFile("a"), a.substring(0, shown) + b.substring(shown));
    assertThatExceptionOfType(KeyFileException.class)
        .isThrownBy(() -> folder.signer("a"))
        .withMessageContaining("do not belong together");
    KeyFiles.writePrivate(folder.secretFile("b"), b.replace('M', '!'));
    assertThatExceptionOfType(KeyFileException.class)
        .isThrownBy(() -> folder.signer("b"))
        .withMessageContaining("damaged")
        .withMessageNotContaining("!C4");
    assertThatExceptionOfType(KeyFileException.class)
        .isThrownBy(() -> folder.signer("c"))
        .withMessageContaining("headwater keys generate c");
    assertThatExceptionOfType(KeyFileException.class).isThrownBy(() -> folder.signer("../c"));
  }

  @Test
  void trust_writtenAndReadAgain_isTheSame() {
    TrustedKey narrow =
        new TrustedKey(
            "trainer of 2026",
            Signer.generate().key(),
            Set.of("reviews", "spam"),
            Set.of(Stage.CANDIDATE, Stage.SHADOW),
            THEN,
            false);
    TrustedKey revoked = TrustedKey.forAll("no", Signer.generate().key()).asRevoked();
    Trust written = folder.trust().change(trust -> trust.with(narrow).with(revoked));
    assertThat(folder.trust().get()).isEqualTo(written).isEqualTo(Trust.of(narrow, revoked));
  }

  @Test
  void trust_fileChanged_isReadAgain_andKeptWhereItIsSpoilt() throws IOException {
    TrustFile trust = folder.trust();
    assertThat(trust.get().keys()).isEmpty();
    make("default");
    assertThat(trust.get().keys()).hasSize(1);
    Path file = folder.path().resolve("trust.yaml");
    Files.writeString(file, "keys: [ {");
    Files.setLastModifiedTime(file, FileTime.from(THEN));
    assertThat(trust.get().keys()).hasSize(1);
    assertThatExceptionOfType(KeyFileException.class)
        .isThrownBy(folder::trust)
        .withMessageContaining("trust.yaml");
  }

  @Test
  void trust_wrongFile_isRefusedNamingTheField() throws IOException {
    String key = Signer.generate().key().text();
    assertWrong("keys: [{name: a}]", "publicKey");
    assertWrong("keys: [{name: a, publicKey: x}]", "not an Ed25519 public key");
    assertWrong("keys: [{name: a, publicKey: " + key + ", pipelines: ['*']}]", "stages");
    assertWrong("keys: [{name: a, algorithm: rsa}]", "algorithm");
    assertWrong(
        "keys: [{id: '00', name: a, publicKey: %s, pipelines: ['*'], stages: [shadow]}]"
            .formatted(key),
        "its id is");
    assertWrong(
        "keys: [{name: a, publicKey: %s, pipelines: ['*'], stages: [moon]}]".formatted(key),
        "MOON");
  }

  private void assertWrong(String yaml, String problem) throws IOException {
    Files.createDirectories(folder.path());
    Files.writeString(folder.path().resolve("trust.yaml"), yaml);
    assertThatExceptionOfType(KeyFileException.class)
        .isThrownBy(folder::trust)
        .withMessageContaining(problem);
  }
}
