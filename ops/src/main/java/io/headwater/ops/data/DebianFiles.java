package io.headwater.ops.data;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.headwater.model.pack.Digest;
import io.headwater.ops.UserError;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * Single files of Debian packages: the package is fetched, checked and read through, the file is
 * kept in the cache by its own digest, and the package is deleted.
 */
final class DebianFiles {
  private static final String DATA = "data.tar.xz";
  private static final int MAX_BYTES = 64 << 20;
  private static final int MAX_MEMORY_KIB = 128 << 10;

  private final Packages packages;

  DebianFiles(Packages packages) {
    this.packages = packages;
  }

  /**
   * A file's bytes.
   *
   * @param path in the package, from its root
   * @param sha256 64 hex digits
   * @throws UserError where it can't be had as pinned, saying what to do
   */
  byte[] read(PinnedPackage debian, String path, String sha256) {
    Path kept = packages.beside(debian.file() + "." + path.substring(path.lastIndexOf('/') + 1));
    try {
      if (Files.exists(kept)) {
        byte[] bytes = Files.readAllBytes(kept);
        if (Digest.of(bytes).equals(sha256)) {
          return bytes;
        }
      }
      Path fetched = packages.fetch(debian);
      byte[] bytes = extract(fetched, path);
      if (!Digest.of(bytes).equals(sha256)) {
        throw new IOException("its " + path + " is not the one that is pinned");
      }
      Path part = Files.createTempFile(kept.getParent(), ".", ".part");
      Files.write(part, bytes);
      Files.move(part, kept, ATOMIC_MOVE);
      return bytes;
    } catch (IOException e) {
      throw new UserError(
          "%s can't be read out of %s (%s)".formatted(path, debian.coordinates(), e.getMessage()),
          "delete %s and run the command again".formatted(kept.resolveSibling(debian.file())),
          e);
    }
  }

  /** Ends the package's own stay in the cache, once all that is wanted of it was read. */
  void drop(PinnedPackage debian) {
    try {
      Files.deleteIfExists(packages.beside(debian.file()));
    } catch (IOException e) {
      throw new UserError(
          "%s can't be deleted (%s)".formatted(packages.beside(debian.file()), e.getMessage()),
          "make the package cache a directory that you may write in",
          e);
    }
  }

  private static byte[] extract(Path debian, String path) throws IOException {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(debian));
        ArArchiveInputStream members = new ArArchiveInputStream(file)) {
      for (var member = members.getNextEntry(); member != null; member = members.getNextEntry()) {
        if (member.getName().equals(DATA)) {
          return extract(members, path);
        }
      }
    }
    throw new IOException("it holds no " + DATA);
  }

  private static byte[] extract(InputStream data, String path) throws IOException {
    TarArchiveInputStream tar =
        new TarArchiveInputStream(
            XZCompressorInputStream.builder()
                .setInputStream(data)
                .setMemoryLimitKiB(MAX_MEMORY_KIB)
                .get());
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      if (entry.isFile() && entry.getName().equals("." + path)) {
        byte[] bytes = tar.readNBytes(MAX_BYTES);
        if (tar.read() >= 0) {
          throw new IOException(path + " is larger than " + (MAX_BYTES >> 20) + " MiB");
        }
        return bytes;
      }
    }
    throw new IOException("it holds no " + path);
  }
}
