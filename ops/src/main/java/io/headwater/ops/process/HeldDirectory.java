package io.headwater.ops.process;

import io.headwater.ops.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A directory held by one process at a time, and in it by one holder.
 *
 * <p>The hold is a file lock: it ends with the process, however that ends. Holds of this JVM are
 * kept besides, since to open and close the lock's file a second time would end the first hold.
 */
public final class HeldDirectory implements AutoCloseable {
  private static final long LEAST_FREE_MEBIBYTES = 512;

  /**
   * Who holds a directory, for messages.
   *
   * @param name as in "the broker"
   * @param option the option that names another directory
   */
  public record Holder(String name, String option) {}

  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel lockFile;

  private HeldDirectory(Path directory, FileChannel lockFile) {
    this.directory = directory;
    this.lockFile = lockFile;
  }

  /**
   * Makes the directory where it is missing, and takes hold of it.
   *
   * @throws UserError where it can't be written, lies on a full disk, or another holds it
   */
  public static HeldDirectory take(Path requested, Holder holder) {
    try {
      Path directory = Files.createDirectories(requested).toRealPath();
      requireFreeSpace(directory, holder);
      if (!HELD.add(directory)) {
        throw inUse(directory, holder);
      }
      try {
        return new HeldDirectory(directory, lock(directory, holder));
      } catch (RuntimeException | IOException e) {
        HELD.remove(directory);
        throw e;
      }
    } catch (IOException e) {
      throw new UserError(
          "the " + holder.name() + " can't write in " + requested.toAbsolutePath().normalize(),
          "make it a directory that you may write in, or name another with " + holder.option(),
          e);
    }
  }

  /** The directory's real path. */
  public Path path() {
    return directory;
  }

  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException("can't let go of " + directory, e);
    } finally {
      HELD.remove(directory);
    }
  }

  private static FileChannel lock(Path directory, Holder holder) throws IOException {
    FileChannel file =
        FileChannel.open(
            directory.resolve("headwater.lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    try {
      if (file.tryLock() == null) {
        throw inUse(directory, holder);
      }
      return file;
    } catch (RuntimeException | IOException e) {
      file.close();
      throw e;
    }
  }

  private static UserError inUse(Path directory, Holder holder) {
    return new UserError(
        "another %s is using %s".formatted(holder.name(), directory),
        "stop it, or name another directory with " + holder.option());
  }

  /**
   * Checks that a directory's disk has room to work in.
   *
   * @throws UserError where it has not
   */
  public static void requireFreeSpace(Path directory, Holder holder) throws IOException {
    long free = Files.getFileStore(directory).getUsableSpace() >> 20;
    if (free < LEAST_FREE_MEBIBYTES) {
      throw new UserError(
          "only %d MiB are free on the disk of %s, and the %s needs %d"
              .formatted(free, directory, holder.name(), LEAST_FREE_MEBIBYTES),
          "free some, or name a directory on another disk with " + holder.option());
    }
  }
}
