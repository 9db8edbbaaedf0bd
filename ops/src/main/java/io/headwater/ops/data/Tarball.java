package io.headwater.ops.data;

import io.headwater.ops.UserError;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Reads files out of a gzipped tar into memory, within bounds; nothing is unpacked to disk. */
final class Tarball {
  private static final int MAX_ENTRIES = 100_000;
  private static final int MAX_ENTRY_BYTES = 8 << 20;
  private static final long MAX_TOTAL_BYTES = 256L << 20;

  private Tarball() {}

  /**
   * The wanted files' bytes, by their paths in the archive, in the paths' order.
   *
   * @throws UserError where the archive can't be read or exceeds the bounds
   */
  static Map<String, byte[]> read(Path archive, Predicate<String> wanted) {
    Map<String, byte[]> files = new TreeMap<>();
    try (InputStream file = new BufferedInputStream(Files.newInputStream(archive));
        TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(file, 1 << 16))) {
      int entries = 0;
      long total = 0;
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (++entries > MAX_ENTRIES) {
          throw new IOException("it has more than " + MAX_ENTRIES + " entries");
        }
        if (entry.isFile() && wanted.test(entry.getName())) {
          byte[] bytes = tar.readNBytes(MAX_ENTRY_BYTES);
          total += bytes.length;
          if (tar.read() >= 0 || total > MAX_TOTAL_BYTES) {
            throw new IOException(entry.getName() + " makes it larger than is sane");
          }
          files.put(entry.getName(), bytes);
        }
      }
    } catch (IOException e) {
      throw new UserError(
          "the package %s can't be read (%s)".formatted(archive, e.getMessage()),
          "delete that file and run the command again",
          e);
    }
    return files;
  }
}
