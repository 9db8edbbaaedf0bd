package io.headwater.model.log;

import io.headwater.model.pack.Digest;
import io.headwater.schemas.BlobRef;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A directory of blobs, each a file named by its digest.
 *
 * <p>Nothing in it is trusted: a blob is verified when it is put in and whenever it is read, and a
 * file that fails is deleted. Files appear whole, by an atomic move, so several processes may share
 * a directory. It never shrinks by itself; deleting files is safe at any time.
 */
final class BlobCache {
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
  private static final String PART = ".part";
  private static final Duration PART_ABANDONED_AFTER = Duration.ofDays(1);

  private final Path directory;

  /** Opens the directory, makes it where it is missing, and clears what dead processes left. */
  BlobCache(Path directory) {
    this.directory = directory;
    try {
      Files.createDirectories(directory);
      clearAbandonedParts();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "model cache " + directory + " can't be used; name a directory that can be written", e);
    }
  }

  /** Whether there is no file of the blob's name and length; says nothing of its content. */
  boolean lacks(BlobRef blob) {
    try {
      return Files.size(file(blob.getDigest())) != blob.getBytes();
    } catch (NoSuchFileException e) {
      return true;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** The blob's bytes, verified, or empty where it is not held whole and unchanged. */
  Optional<byte[]> read(BlobRef blob) {
    if (lacks(blob)) {
      return Optional.empty();
    }
    Path file = file(blob.getDigest());
    try {
      byte[] bytes = Files.readAllBytes(file);
      if (Digest.of(bytes).equals(blob.getDigest())) {
        return Optional.of(bytes);
      }
      Files.deleteIfExists(file);
      return Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** An empty file to gather a blob in; {@link #admit} or {@link #discard} ends it. */
  Path newPart() {
    try {
      return Files.createTempFile(directory, ".", PART);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * Moves a gathered part to its blob's place.
   *
   * @return false, with nothing moved, where its content is not the blob's
   */
  boolean admit(Path part, String digest) {
    try {
      if (!digestOf(part).equals(digest)) {
        return false;
      }
      Path file = file(digest);
      try {
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      }
      return true;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  void discard(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Fails where the disk has less room than this. */
  void requireRoom(long bytes) {
    try {
      long usable = Files.getFileStore(directory).getUsableSpace();
      if (usable < bytes) {
        throw new UncheckedIOException(
            new IOException(
                "model cache %s has %d bytes of room and %d are needed: free some, or name another"
                    .formatted(directory, usable, bytes)));
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private Path file(String digest) {
    if (!DIGEST.matcher(digest).matches()) {
      throw new IllegalArgumentException("a blob's name is not a SHA-256 of 64 hex digits");
    }
    return directory.resolve(digest);
  }

  private void clearAbandonedParts() throws IOException {
    Instant abandoned = Instant.now().minus(PART_ABANDONED_AFTER);
    try (DirectoryStream<Path> parts = Files.newDirectoryStream(directory, ".*" + PART)) {
      for (Path part : parts) {
        if (Files.getLastModifiedTime(part).toInstant().isBefore(abandoned)) {
          Files.deleteIfExists(part);
        }
      }
    }
  }

  private static String digestOf(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file);
        DigestInputStream digested =
            new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
      byte[] buffer = new byte[1 << 16];
      while (digested.read(buffer) >= 0) {
        // the stream digests what passes
      }
      return HexFormat.of().formatHex(digested.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private UncheckedIOException failed(IOException cause) {
    return new UncheckedIOException("model cache " + directory + ": " + cause.getMessage(), cause);
  }
}
