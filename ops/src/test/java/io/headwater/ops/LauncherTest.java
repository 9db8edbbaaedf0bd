package io.headwater.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script on a tree of its own, with a java and a mvn that only say what they do. */
@Timeout(60)
class LauncherTest {
  private static final Path LAUNCHER = Path.of("..", "headwater");

  private final Path folder;
  private final Path tree;
  private final Path tools;

  LauncherTest(@TempDir Path folder) {
    this.folder = folder;
    this.tree = folder.resolve("a tree");
    this.tools = folder.resolve("tools");
  }

  private record Outcome(int status, String out, String err) {}

  @BeforeEach
  void plant() throws IOException {
    Files.createDirectories(tree.resolve("ops/src/main"));
    Files.createDirectories(tools.resolve("jdk/bin"));
    Files.copy(LAUNCHER, tree.resolve("headwater"));
    Files.setPosixFilePermissions(
        tree.resolve("headwater"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(tree.resolve("pom.xml"), "");
    Files.writeString(tree.resolve("ops/pom.xml"), "");
    Files.writeString(tree.resolve("ops/src/main/Main.java"), "");
    java("17.0.1");
    script(tools.resolve("jdk/bin/javac"), "");
    mvn("mkdir -p ops/target && touch ops/target/headwater-ops.jar");
  }

  @Test
  void firstUse_builds_andLaterUsesDoNot() throws Exception {
    assertThat(run("score", "two words").out())
        .contains("ran io.headwater.ops.Main score two words");
    assertThat(run("version").status()).isZero();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void changedSource_isBuiltAgain() throws Exception {
    run("version");
    Files.setLastModifiedTime(
        tree.resolve("ops/src/main/Main.java"), FileTime.from(Instant.now().plusSeconds(60)));
    run("version");
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void twoAtOnce_buildOnce() throws Exception {
    mvn("sleep 2; mkdir -p ops/target && touch ops/target/headwater-ops.jar");
    Process first = start(tree.resolve("headwater"), "one");
    Process second = start(tree.resolve("headwater"), "two");
    assertThat(finish(first).status()).isZero();
    assertThat(finish(second).out()).contains("ran io.headwater.ops.Main two");
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void failingBuild_endsWithTheTailOfItsLogAndWhereItLies() throws Exception {
    mvn("echo '[ERROR] it does not compile'; exit 1");
    Outcome outcome = run("version");
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err())
        .contains("[ERROR] it does not compile", "target/build.log")
        .contains("headwater: the build failed");
    assertThat(run("version").status()).as("tried again").isEqualTo(1);
  }

  @Test
  void noNetwork_isSaidInALine() throws Exception {
    mvn("echo '[ERROR] Could not transfer artifact x from central'; exit 1");
    assertThat(run("version").err()).contains("headwater: the build could not download");
  }

  @Test
  void oldJava_isRefusedWithTheMend() throws Exception {
    java("11.0.2");
    Outcome outcome = run("version");
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err())
        .hasLineCount(1)
        .contains("no Java 17 or later", "install a JDK", "JAVA_HOME");
  }

  @Test
  void symbolicLink_isFollowedToTheTree() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("hw"), Path.of("a tree", "headwater"));
    Path further = Files.createSymbolicLink(tools.resolve("headwater"), link);
    assertThat(finish(start(further, "version")).out())
        .contains("-Dheadwater.home=" + tree.toRealPath());
  }

  private void java(String version) throws IOException {
    script(
        tools.resolve("jdk/bin/java"),
        """
        case "$1" in
          -version) echo 'openjdk version "%s"' >&2 ;;
          -XshowSettings*) echo '    java.home = %s' >&2 ;;
          *) for a; do printf '%%s ' "$a"; case $a in *.Main) printf '\\nran %%s ' "$a" ;; esac; done; echo ;;
        esac
        """
            .formatted(version, tools.resolve("jdk")));
  }

  private void mvn(String build) throws IOException {
    script(
        tools.resolve("mvn"),
        """
        [ "$1" = -v ] && { echo 'Apache Maven 3.8.7'; exit; }
        cd "%s" && echo built >> "%s"
        %s
        """
            .formatted(tree, folder.resolve("builds"), build));
  }

  private static void script(Path file, String body) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + body);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private long builds() throws IOException {
    return Files.readAllLines(folder.resolve("builds")).size();
  }

  private Outcome run(String... arguments) throws Exception {
    return finish(start(tree.resolve("headwater"), arguments));
  }

  private Process start(Path launcher, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().remove("HEADWATER_JAVA_OPTS");
    builder.environment().put("JAVA_HOME", tools.resolve("jdk").toString());
    builder.environment().put("PATH", tools.resolve("jdk/bin") + ":" + tools + ":/usr/bin:/bin");
    return builder.start();
  }

  private static Outcome finish(Process process) throws Exception {
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Outcome(process.exitValue(), out, err);
  }
}
