package io.headwater.ops.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.ops.UserError;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The registries' own clients, run as the user would: their settings, proxies and mirrors hold. */
public final class PackageClients {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final String COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy";
  private static final Pattern UNREACHABLE =
      Pattern.compile(
          "ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH"
              + "|Unknown host|UnknownHost|Connection refused|Connection reset|timed out"
              + "|unreachable|No route to host|name resolution");
  private static final Pattern SAYS_WHY = Pattern.compile("(?i)\\berr(or)?\\b");
  private static final int MAX_REASON = 200;

  private final String searchPath;
  private final @Nullable Path checkout;

  /**
   * Clients that are found on a search path.
   *
   * @param searchPath directories, separated as in {@code PATH}
   * @param checkout directory whose {@code mvnw} is used where no {@code mvn} is on the path; null
   *     where there is none
   */
  public PackageClients(String searchPath, @Nullable Path checkout) {
    this.searchPath = searchPath;
    this.checkout = checkout;
  }

  /**
   * Downloads a package into a directory. Interrupting the thread ends the client too.
   *
   * @param directory an empty directory; the client is run in it
   * @throws UserError where the client is missing or fails
   */
  void download(PinnedPackage wanted, Path directory) {
    List<String> command =
        switch (wanted.registry()) {
          case DEBIAN -> List.of(apt().toString(), "download", wanted.coordinates());
          case MAVEN ->
              List.of(
                  maven().toString(),
                  "-B",
                  "-q",
                  COPY,
                  "-Dartifact=" + wanted.coordinates(),
                  "-DoutputDirectory=" + directory);
          case NPM ->
              List.of(
                  npm().toString(),
                  "pack",
                  wanted.coordinates(),
                  "--ignore-scripts",
                  "--loglevel=error");
        };
    run(wanted, command, directory);
  }

  private Path apt() {
    return find("apt-get")
        .orElseThrow(
            () ->
                new UserError(
                    "apt-get is not on the PATH, and some public data come as Debian packages",
                    "run this on Debian 12, or in a container of it"));
  }

  private Path npm() {
    return find("npm")
        .orElseThrow(
            () ->
                new UserError(
                    "npm is not on the PATH, and the demo's public data come as npm packages",
                    "install it (Debian: apt-get install npm), or bring your own data with --data"
                        + " FILE"));
  }

  private Path maven() {
    return find("mvn")
        .or(
            () ->
                Optional.ofNullable(checkout)
                    .map(home -> home.resolve("mvnw"))
                    .filter(Files::isExecutable))
        .orElseThrow(
            () ->
                new UserError(
                    "mvn is not on the PATH, and pre-trained models come as Maven packages",
                    "install it (Debian: apt-get install maven), or run headwater from its"
                        + " checkout"));
  }

  private Optional<Path> find(String name) {
    for (String directory : searchPath.split(Pattern.quote(File.pathSeparator), -1)) {
      if (!directory.isEmpty()) {
        Path candidate = Path.of(directory, name).toAbsolutePath();
        if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
          return Optional.of(candidate);
        }
      }
    }
    return Optional.empty();
  }

  private static void run(PinnedPackage wanted, List<String> command, Path directory) {
    Path output = directory.resolveSibling(directory.getFileName() + ".log");
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.directory(directory.toFile());
      builder.redirectErrorStream(true);
      builder.redirectOutput(output.toFile());
      Process process = builder.start();
      try {
        process.getOutputStream().close();
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
          throw new UserError(
              "%s did not fetch %s within %d minutes"
                  .formatted(command.get(0), wanted.coordinates(), LIMIT.toMinutes()),
              "check the network, then run the command again");
        }
      } finally {
        end(process);
      }
      if (process.exitValue() != 0) {
        throw failed(wanted, command.get(0), Files.readString(output, UTF_8));
      }
    } catch (IOException e) {
      throw new UserError(
          "%s can't be run (%s)".formatted(command.get(0), e.getMessage()),
          "check that it starts from a terminal",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserError(
          "fetching " + wanted.coordinates() + " was interrupted", "run the command again", e);
    }
  }

  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
  }

  private static UserError failed(PinnedPackage wanted, String client, String output) {
    if (UNREACHABLE.matcher(output).find()) {
      return new UserError(
          "no network: %s can't reach the registry of %s"
              .formatted(Path.of(client).getFileName(), wanted.coordinates()),
          "check the connection, or the client's proxy and mirror settings, then run the command"
              + " again");
    }
    return new UserError(
        "%s could not fetch %s (%s)".formatted(client, wanted.coordinates(), reason(output)),
        "try the same by hand: " + byHand(wanted));
  }

  private static String byHand(PinnedPackage wanted) {
    return switch (wanted.registry()) {
      case DEBIAN -> "apt-get update && apt-get download " + wanted.coordinates();
      case MAVEN -> "mvn " + COPY + " -Dartifact=" + wanted.coordinates() + " -DoutputDirectory=.";
      case NPM -> "npm pack " + wanted.coordinates();
    };
  }

  /** The client's first line that names an error, else its last. */
  private static String reason(String output) {
    List<String> lines = new ArrayList<>(output.lines().filter(line -> !line.isBlank()).toList());
    if (lines.isEmpty()) {
      return "it said nothing";
    }
    String line =
        lines.stream()
            .filter(text -> SAYS_WHY.matcher(text.toLowerCase(Locale.ROOT)).find())
            .findFirst()
            .orElse(lines.get(lines.size() - 1))
            .replaceAll("\\p{Cntrl}(\\[[0-9;]*m)?", " ")
            .strip();
    return line.length() <= MAX_REASON ? line : line.substring(0, MAX_REASON) + " ...";
  }
}
