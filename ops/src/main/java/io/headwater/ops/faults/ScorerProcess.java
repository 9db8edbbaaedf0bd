package io.headwater.ops.faults;

import io.headwater.ops.Main;
import io.headwater.ops.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@code headwater score} in a JVM of its own, as a user would start it. */
final class ScorerProcess implements AutoCloseable {
  private static final String SCORING = "scoring with version";
  private static final Duration STOP_LIMIT = Duration.ofSeconds(45);

  private final Process process;
  private final Path log;

  private ScorerProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts it.
   *
   * @param folder its own: state and log lie there
   * @param settings a file for {@code --command-config}
   */
  static ScorerProcess start(Path folder, Path pipeline, Path keys, Path settings, String broker) {
    Path log = folder.resolve("scorer.log");
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dai.djl.offline=true",
                Main.class.getName(),
                "score",
                "--pipeline",
                pipeline.toString(),
                "--keys",
                keys.toString(),
                "--state-dir",
                folder.resolve("state").toString(),
                "--command-config",
                settings.toString(),
                "--threads",
                "1",
                "--http-port",
                "0",
                "-b",
                broker));
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().put("XDG_STATE_HOME", folder.resolve("logs").toString());
    builder.redirectErrorStream(true);
    try {
      Files.createDirectories(folder);
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      return new ScorerProcess(builder.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException("a scorer's JVM can't be started", e);
    }
  }

  /** Ends it as a crash would, and returns when it is gone. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /**
   * Sends TERM and waits for its end.
   *
   * @throws UserError where it does not end in time, or ends otherwise than with status 0
   */
  void terminate() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      kill();
      throw new UserError(
          "a scorer did not end within %d s of TERM".formatted(STOP_LIMIT.toSeconds()),
          "see " + log);
    }
    if (process.exitValue() != 0) {
      throw new UserError(
          "a scorer ended with status %d after TERM".formatted(process.exitValue()), "see " + log);
    }
  }

  /** Whether it said that it scores. */
  boolean isScoring() {
    try {
      return Files.readString(log).contains(SCORING);
    } catch (IOException e) {
      throw new UncheckedIOException("the log of a scorer can't be read", e);
    }
  }

  /**
   * Makes sure that it runs.
   *
   * @throws UserError where it ended by itself
   */
  void requireAlive() {
    if (!process.isAlive()) {
      throw new UserError(
          "a scorer ended by itself with status %d".formatted(process.exitValue()), "see " + log);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
