package io.headwater.ops.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Starts a part of a measurement in a JVM of its own, with this one's classes. */
final class ChildJvm {
  private ChildJvm() {}

  /**
   * Starts it.
   *
   * @param options of the JVM
   * @param log takes what it says on standard error; its folder is made
   */
  static Process start(Class<?> main, List<String> options, Path log, Object... args) {
    return start(main, options, List.of(), log, args);
  }

  /**
   * The same by another command.
   *
   * @param through what is put in front of the command line, such as {@code nice -n 10}
   */
  static Process start(
      Class<?> main, List<String> options, List<String> through, Path log, Object... args) {
    List<String> command = new ArrayList<>(through);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-Dai.djl.offline=true");
    command.add(main.getName());
    Arrays.stream(args).map(Object::toString).forEach(command::add);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      Files.createDirectories(log.toAbsolutePath().getParent());
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException("a JVM for " + main.getSimpleName() + " can't be started", e);
    }
  }
}
