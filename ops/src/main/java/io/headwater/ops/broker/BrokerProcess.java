package io.headwater.ops.broker;

import io.headwater.ops.UserError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * An {@link EmbeddedBroker} in a child JVM of its own, so that it takes neither heap nor collector
 * from this one.
 *
 * <p>The child ends with this process, even when this one is killed: it holds the other end of a
 * pipe and ends when the pipe does. It ignores the terminal's Ctrl-C, so that its clients can still
 * close on it.
 */
public final class BrokerProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

  /** What the child's JVM is good at. */
  public enum Tuning {
    /** A soon start and little memory: its code is compiled quickly and never thoroughly. */
    SMALL,

    /** Many records a second: compiled as in production, which takes its first minute. */
    THROUGHPUT;

    private List<String> options() {
      return switch (this) {
        case SMALL -> List.of("-Xmx256m", "-XX:TieredStopAtLevel=1");
        case THROUGHPUT -> List.of("-Xmx512m");
      };
    }
  }

  private final Process child;
  private final String bootstrapServers;

  private BrokerProcess(Process child, String bootstrapServers) {
    this.child = child;
    this.bootstrapServers = bootstrapServers;
  }

  /**
   * Starts a small child and returns when its broker answers.
   *
   * @param data the broker's directory, as for {@link EmbeddedBroker#start}
   * @param port to listen on; 0 finds a free one
   * @param log the file that all its output is added to
   * @throws UserError where the broker can't start, for the reason that it gives
   */
  public static BrokerProcess start(Path data, int port, Path log) {
    return start(data, port, log, Tuning.SMALL);
  }

  /** The same with a child as one wants it. */
  public static BrokerProcess start(Path data, int port, Path log, Tuning tuning) {
    Process child = spawn(data, port, log, tuning);
    try {
      return new BrokerProcess(child, awaitAddress(child, log));
    } catch (RuntimeException e) {
      child.destroyForcibly();
      throw e;
    }
  }

  /** What clients take as {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** The child's process id. */
  public long pid() {
    return child.pid();
  }

  /** Completes with the exit status when the child has ended, by whatever cause. */
  public CompletableFuture<Integer> ended() {
    return child.onExit().thenApply(Process::exitValue);
  }

  /** Kills the child at once, as a crash would, and returns when it is gone. */
  public void kill() {
    child.destroyForcibly();
    ended().join();
  }

  /** Stops the broker with everything flushed; kills it where that takes more than ten seconds. */
  @Override
  public void close() {
    try {
      child.getOutputStream().close();
      if (!child.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        kill();
      }
    } catch (IOException e) {
      kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      kill();
    }
  }

  private static Process spawn(Path data, int port, Path log, Tuning tuning) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(tuning.options());
    command.add("-XX:+UseSerialGC");
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add(BrokerChild.class.getName());
    command.add(data.toAbsolutePath().toString());
    command.add(Integer.toString(port));
    command.add(log.toAbsolutePath().toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      Path folder = log.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      return builder.start();
    } catch (IOException e) {
      throw new UserError(
          "the broker's JVM can't be started (" + e.getMessage() + ")",
          "check that " + log + " can be written and that the JDK is whole",
          e);
    }
  }

  private static String awaitAddress(Process child, Path log) {
    CompletableFuture<@Nullable String> said = new CompletableFuture<>();
    Thread reader = new Thread(() -> read(child, said), "broker-start");
    reader.setDaemon(true);
    reader.start();
    String answer;
    try {
      answer = said.get(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw failed("did not start within " + START_LIMIT.toSeconds() + " s", log);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("was interrupted while it started", log);
    } catch (java.util.concurrent.ExecutionException e) {
      throw failed("could not be heard (" + e.getCause() + ")", log);
    }
    return BrokerReport.address(answer, () -> failed("ended before it answered", log));
  }

  private static void read(Process child, CompletableFuture<@Nullable String> said) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      said.complete(lines.readLine());
    } catch (IOException e) {
      said.completeExceptionally(e);
    }
  }

  private static UserError failed(String how, Path log) {
    return new UserError("the broker " + how, "see " + log);
  }
}
