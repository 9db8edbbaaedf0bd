package io.headwater.ops.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.ops.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The headwater command in a JVM of its own, as a user's shell would run it. */
record Spawned(Process process, Path output) implements AutoCloseable {
  /**
   * Starts it.
   *
   * @param home its home: cache, state and data lie below
   */
  static Spawned headwater(Path home, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // The second compiler would take more than it gives to a process of some seconds.
    command.addAll(
        List.of("-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dai.djl.offline=true"));
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    return start(
        home,
        command,
        Map.of(
            "CLASSPATH", System.getProperty("java.class.path"),
            "XDG_CACHE_HOME", home.resolve("cache").toString(),
            "XDG_CONFIG_HOME", home.resolve("config").toString(),
            "XDG_STATE_HOME", home.resolve("state").toString(),
            "XDG_DATA_HOME", home.resolve("data").toString()));
  }

  /** Starts any program; what it says goes to one file. */
  static Spawned start(Path folder, List<String> command, Map<String, String> environment) {
    try {
      Path output = Files.createTempFile(folder, "output", ".txt");
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putAll(environment);
      return new Spawned(builder.redirectOutput(output.toFile()).start(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for its end and gives what it said, which must have been with status 0. */
  String succeed() throws InterruptedException {
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).as(this::said).isTrue();
    assertThat(process.exitValue()).as(this::said).isZero();
    return said();
  }

  /** The same of one that must end with status 1. */
  String fail() throws InterruptedException {
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).as(this::said).isTrue();
    assertThat(process.exitValue()).as(this::said).isEqualTo(1);
    return said();
  }

  /** Sends TERM, and gives the status that it ends with. */
  int terminate() throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(45, TimeUnit.SECONDS)).as(this::said).isTrue();
    return process.exitValue();
  }

  String said() {
    try {
      return Files.readString(output, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
