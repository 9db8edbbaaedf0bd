package io.headwater.ops.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.model.pack.Digest;
import io.headwater.ops.UserError;
import io.headwater.ops.data.PinnedPackage.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackagesTest {
  private static final String CONTENT = "whole";
  private static final String SERVE = "echo run >> ../runs; printf whole > toy-1.0.tgz";
  private static final PinnedPackage TOY =
      new PinnedPackage(
          Registry.NPM, "toy@1.0", "toy-1.0.tgz", Digest.of(CONTENT.getBytes(UTF_8)), 5, "MIT");
  private static final PinnedPackage TOY_JAR =
      new PinnedPackage(
          Registry.MAVEN, "a:toy:1.0", "toy-1.0.jar", Digest.of(CONTENT.getBytes(UTF_8)), 5, "MIT");

  @TempDir Path directory;
  private Path cache;
  private FakeClient fake;
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void makeDirectories() throws IOException {
    cache = directory.resolve("cache");
    fake = new FakeClient(Files.createDirectory(directory.resolve("bin")));
  }

  private Packages packages() {
    return new Packages(cache, fake.clients(), said::add);
  }

  private long runs() throws IOException {
    return Files.readAllLines(cache.resolve("runs")).size();
  }

  @Test
  void fetch_twice_downloadsOnceAndSaysTheLicence() throws IOException {
    fake.with("npm", SERVE);

    packages().fetch(TOY);
    Path file = packages().fetch(TOY);

    assertThat(file).hasContent(CONTENT).hasFileName("toy-1.0.tgz");
    assertThat(runs()).isEqualTo(1);
    assertThat(said).singleElement().asString().contains("toy@1.0", "MIT");
    assertThat(cache).isDirectoryNotContaining(path -> path.toString().contains("partial"));
  }

  @Test
  void fetch_mavenPackage_takesItFromTheOutputDirectory() throws IOException {
    fake.with(
        "mvn",
        "for a; do case $a in -DoutputDirectory=*) printf whole > ${a#*=}/toy.jar;; esac; done");

    assertThat(packages().fetch(TOY_JAR)).hasContent(CONTENT).hasFileName("toy-1.0.jar");
  }

  @Test
  void fetch_damagedCache_isFetchedAgain() throws IOException {
    fake.with("npm", SERVE);
    Path file = packages().fetch(TOY);
    Files.writeString(file, "half");

    assertThat(packages().fetch(TOY)).hasContent(CONTENT);
    assertThat(runs()).isEqualTo(2);
    assertThat(said).anyMatch(line -> line.contains("damaged"));
  }

  @Test
  void fetch_registryServesSomethingElse_isRefusedAndNotKept() throws IOException {
    fake.with("npm", "printf other > toy-1.0.tgz");

    assertThatThrownBy(() -> packages().fetch(TOY))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("toy@1.0", TOY.sha256(), "npm cache clean");
    assertThat(cache.resolve(TOY.file())).doesNotExist();
  }

  @Test
  void fetch_npmMissing_saysHowToInstallIt() {
    assertThatThrownBy(() -> packages().fetch(TOY))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("npm is not on the PATH", "apt-get install npm")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void fetch_mvnMissing_saysHowToInstallIt() {
    assertThatThrownBy(() -> packages().fetch(TOY_JAR))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("mvn is not on the PATH", "install");
  }

  @Test
  void fetch_mvnMissingInACheckout_usesItsWrapper() throws IOException {
    Path checkout = Files.createDirectory(directory.resolve("checkout"));
    new FakeClient(checkout)
        .with(
            "mvnw",
            "for a; do case $a in -DoutputDirectory=*) printf whole > ${a#*=}/t.jar;; esac; done");
    Packages packages =
        new Packages(cache, new PackageClients(fake.directory().toString(), checkout), said::add);

    assertThat(packages.fetch(TOY_JAR)).hasContent(CONTENT);
  }

  @Test
  void fetch_noNetwork_saysSo() throws IOException {
    fake.with("npm", "echo 'npm error code ENOTFOUND' >&2; exit 1");

    assertThatThrownBy(() -> packages().fetch(TOY))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("no network", "proxy")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void fetch_clientFails_quotesItsErrorInOneLine() throws IOException {
    fake.with("npm", "echo start; echo 'npm error code E404'; echo end; exit 1");

    assertThatThrownBy(() -> packages().fetch(TOY))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("npm error code E404", "npm pack toy@1.0")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void fetch_tooLittleDisk_isToldBeforeTheClientRuns() throws IOException {
    fake.with("npm", SERVE);
    Packages packages = new Packages(cache, fake.clients(), said::add, path -> 1_000_000);

    assertThatThrownBy(() -> packages.fetch(TOY))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("only 1 MB", "XDG_CACHE_HOME");
    assertThat(cache.resolve("runs")).doesNotExist();
  }

  @Test
  void fetch_cacheIsAFile_namesIt() throws IOException {
    Files.writeString(cache, "in the way");

    assertThatThrownBy(() -> packages().fetch(TOY))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll(cache.toString(), "XDG_CACHE_HOME");
  }

  @Test
  void fetch_byTwoAtOnce_downloadsOnce() throws IOException {
    fake.with("npm", SERVE);
    CompletableFuture<Path> other = CompletableFuture.supplyAsync(() -> packages().fetch(TOY));

    assertThat(packages().fetch(TOY)).isEqualTo(other.join());
    assertThat(runs()).isEqualTo(1);
  }

  @Test
  void defaultCache_followsXdgWhereItIsAbsolute() {
    assertThat(Packages.defaultCache(Map.of("XDG_CACHE_HOME", "/x")))
        .isEqualTo(Path.of("/x/headwater/packages"));
    assertThat(Packages.defaultCache(Map.of("XDG_CACHE_HOME", "relative")))
        .isEqualTo(Packages.defaultCache(Map.of()))
        .endsWithRaw(Path.of(".cache/headwater/packages"));
  }
}
