package io.headwater.model.pack;

import io.headwater.schemas.BlobRef;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.serde.RecordSerde;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A version as a directory that can be moved, copied and compared: {@code manifest.avro} (its
 * canonical bytes), {@code manifest.json} (the same for people; never read back) and {@code
 * blobs/}, each blob a file named by its digest.
 *
 * <p>Nothing in a directory is trusted: the manifest is checked when it is read, and each blob when
 * it is asked for.
 */
public final class PackageDirectory {
  private static final String MANIFEST = "manifest.avro";
  private static final String READABLE = "manifest.json";
  private static final String BLOBS = "blobs";

  private PackageDirectory() {}

  /**
   * Writes a version; files of blobs that are there already are kept where they are sound, and the
   * manifest comes last, so that a directory with a manifest is whole.
   *
   * @throws MissingBlobException where a blob of the version can't be had
   */
  public static void write(Path directory, ModelPackage version) {
    Path blobs = directory.resolve(BLOBS);
    try {
      Files.createDirectories(blobs);
      Files.deleteIfExists(directory.resolve(MANIFEST));
      for (BlobRef blob : version.manifest().getBlobs()) {
        Path file = blobs.resolve(blob.getDigest());
        if (!isSound(file, blob)) {
          put(file, version.blobs().get(blob.getDigest()));
        }
      }
      byte[] json = RecordSerde.json(Manifest.class).write(version.manifest());
      put(directory.resolve(READABLE), json);
      put(directory.resolve(MANIFEST), Manifests.canonicalBytes(version.manifest()));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "package " + directory + " can't be written: " + e.getMessage(), e);
    }
  }

  /**
   * Reads a version; its blobs stay in their files until they are asked for.
   *
   * @throws IllegalArgumentException where the directory holds no package, or its manifest is not
   *     one
   */
  public static ModelPackage read(Path directory) {
    Path file = directory.resolve(MANIFEST);
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(Manifests.MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(
          directory + " is no model package: it holds no " + MANIFEST, e);
    } catch (IOException e) {
      throw new UncheckedIOException("package file " + file + " can't be read", e);
    }
    Manifest manifest = Manifests.read(bytes);
    Map<String, Long> sizes =
        manifest.getBlobs().stream()
            .collect(Collectors.toUnmodifiableMap(BlobRef::getDigest, BlobRef::getBytes));
    return new ModelPackage(manifest, new BlobFiles(directory.resolve(BLOBS), sizes));
  }

  /**
   * Blobs in files of a directory, verified whenever one is read; of a file that is longer than its
   * blob no more is read than shows it.
   */
  private record BlobFiles(Path directory, Map<String, Long> sizes) implements Blobs {
    @Override
    public byte[] get(String digest) {
      long size = sizes.getOrDefault(digest, Long.MAX_VALUE);
      if (size >= Integer.MAX_VALUE) {
        throw new MissingBlobException(
            "blob " + Digest.brief(digest) + " is not in the manifest, or too large to be read");
      }
      byte[] bytes;
      try (InputStream in = Files.newInputStream(directory.resolve(digest))) {
        bytes = in.readNBytes((int) size + 1);
      } catch (IOException e) {
        throw new MissingBlobException(
            "blob " + digest + " is not in " + directory + ": import the model again");
      }
      if (!Digest.of(bytes).equals(digest)) {
        throw new MissingBlobException(
            "blob " + digest + " in " + directory + " was changed: import the model again");
      }
      return bytes;
    }
  }

  private static boolean isSound(Path file, BlobRef blob) throws IOException {
    return Files.isRegularFile(file)
        && Files.size(file) == blob.getBytes()
        && Digest.of(Files.readAllBytes(file)).equals(blob.getDigest());
  }

  private static void put(Path file, byte[] bytes) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.write(part, bytes);
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
  }
}
