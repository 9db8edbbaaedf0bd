package io.headwater.model.sign;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;

/** How key and trust files lie on the disk: whole or not at all, private ones for the owner. */
final class KeyFiles {
  private static final int MAX_BYTES = 1 << 20;
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> OWNERS_FOLDER =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");

  private KeyFiles() {}

  /**
   * A file's text.
   *
   * @throws KeyFileException where it can't be read or is too large to be a key or trust file
   */
  static String read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new KeyFileException(file + " is too large to hold keys");
      }
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new KeyFileException("there is no file " + file, e);
    } catch (IOException e) {
      throw new KeyFileException("the key file " + file + " can't be read (" + e + ")", e);
    }
  }

  /** The same of a file that nobody but its owner may read. */
  static String readPrivate(Path file) {
    try {
      if (isPosix(file) && Files.exists(file)) {
        Set<PosixFilePermission> open = EnumSet.copyOf(Files.getPosixFilePermissions(file));
        open.retainAll(OTHERS);
        if (!open.isEmpty()) {
          throw new KeyFileException(
              "the private key %s is open to others than its owner: chmod 600 %s, and make a new"
                      .formatted(file, file)
                  + " key if somebody may have read it");
        }
      }
    } catch (IOException e) {
      throw new KeyFileException("the key file " + file + " can't be read (" + e + ")", e);
    }
    return read(file);
  }

  static void write(Path file, String text) {
    replace(file, text, PosixFilePermissions.fromString("rw-r--r--"));
  }

  static void writePrivate(Path file, String text) {
    replace(file, text, OWNER);
  }

  private static void replace(Path file, String text, Set<PosixFilePermission> permissions) {
    try {
      Path whole = file.resolveSibling("." + file.getFileName() + ".new");
      Files.deleteIfExists(whole);
      try (FileChannel channel =
          FileChannel.open(
              whole,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              attributes(file, permissions))) {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /** Runs work that reads and writes a folder's files; other processes and threads wait. */
  static <T> T alone(Path folder, Supplier<T> work) {
    synchronized (KeyFiles.class) {
      makeFolder(folder);
      try (FileChannel lock =
          FileChannel.open(
              folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        lock.lock();
        return work.get();
      } catch (IOException e) {
        throw unwritable(folder, e);
      }
    }
  }

  private static void makeFolder(Path folder) {
    try {
      Path parent = folder.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      if (!Files.isDirectory(folder)) {
        Files.createDirectory(folder, attributes(folder, OWNERS_FOLDER));
      }
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw new KeyFileException(folder + " is not a directory; name one with --keys", e);
      }
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  private static KeyFileException unwritable(Path file, IOException e) {
    return new KeyFileException(
        "%s can't be written (%s): make it writable, or name another folder with --keys"
            .formatted(file, e),
        e);
  }

  private static FileAttribute<?>[] attributes(Path file, Set<PosixFilePermission> permissions) {
    return isPosix(file)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
        : new FileAttribute<?>[0];
  }

  private static boolean isPosix(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
