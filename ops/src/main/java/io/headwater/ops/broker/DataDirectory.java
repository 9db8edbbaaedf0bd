package io.headwater.ops.broker;

import io.headwater.ops.UserError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A broker's directory, held by one broker at a time.
 *
 * <p>The hold is a file lock: it ends with the process, however that ends. Holds of this JVM are
 * kept besides, since to open and close the lock's file a second time would end the first hold.
 */
final class DataDirectory implements AutoCloseable {
  private static final long LEAST_FREE_MEBIBYTES = 512;

  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel lockFile;

  private DataDirectory(Path directory, FileChannel lockFile) {
    this.directory = directory;
    this.lockFile = lockFile;
  }

  /**
   * Makes the directory where it is missing, and takes hold of it.
   *
   * @throws UserError where it can't be written, lies on a full disk, or another broker holds it
   */
  static DataDirectory take(Path requested) {
    try {
      Path directory = Files.createDirectories(requested).toRealPath();
      requireFreeSpace(directory);
      if (!HELD.add(directory)) {
        throw inUse(directory);
      }
      try {
        return new DataDirectory(directory, lock(directory));
      } catch (RuntimeException | IOException e) {
        HELD.remove(directory);
        throw e;
      }
    } catch (IOException e) {
      throw new UserError(
          "the broker can't write in " + requested.toAbsolutePath().normalize(),
          "make it a directory that you may write in, or name another with --data",
          e);
    }
  }

  Path logs() {
    return directory.resolve("kafka-logs");
  }

  @Override
  public String toString() {
    return directory.toString();
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
    HELD.remove(directory);
  }

  private static FileChannel lock(Path directory) throws IOException {
    FileChannel file =
        FileChannel.open(
            directory.resolve("headwater.lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    try {
      if (file.tryLock() == null) {
        throw inUse(directory);
      }
      return file;
    } catch (RuntimeException | IOException e) {
      file.close();
      throw e;
    }
  }

  private static UserError inUse(Path directory) {
    return new UserError(
        "another broker is using " + directory, "stop it, or name another directory with --data");
  }

  private static void requireFreeSpace(Path directory) throws IOException {
    long free = Files.getFileStore(directory).getUsableSpace() >> 20;
    if (free < LEAST_FREE_MEBIBYTES) {
      throw new UserError(
          "only %d MiB are free on the disk of %s, and the broker needs %d"
              .formatted(free, directory, LEAST_FREE_MEBIBYTES),
          "free some, or name a directory on another disk with --data");
    }
  }
}
