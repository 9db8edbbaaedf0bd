package io.headwater.model.pack;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.schemas.fuzz.Fuzz;
import io.headwater.schemas.fuzz.Mutation;
import io.headwater.schemas.fuzz.Untrusted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import net.jqwik.api.ForAll;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Files of a package that somebody changed are refused as declared; what is read back is sound. */
class PackageDirectoryFuzzTest {
  private static final ModelPackage VERSION = ToyManifests.packaged();
  private static final String BLOB = Digest.of(ToyManifests.HEAD_WEIGHT);
  private static Path folder;

  @BeforeContainer
  static void write() throws IOException {
    folder = Files.createTempDirectory("headwater-fuzz");
    PackageDirectory.write(folder, VERSION);
    PackageDirectory.read(folder).blobs().get(BLOB);
  }

  @AfterContainer
  static void delete() throws IOException {
    try (var files = Files.walk(folder)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(file -> assertThat(file.toFile().delete()).isTrue());
    }
  }

  @Fuzz
  void read_changedFiles_areReadOrRefused(
      @ForAll(supplier = Mutation.Any.class) Mutation mutation) {
    Untrusted.read(
        mutation.of(Manifests.canonicalBytes(VERSION.manifest())),
        bytes -> {
          Files.write(folder.resolve("manifest.avro"), bytes);
          Files.write(folder.resolve("manifest.json"), bytes);
          return PackageDirectory.read(folder);
        },
        IllegalArgumentException.class);
  }

  @Fuzz
  void get_changedBlob_isTheSameOrRefused(@ForAll(supplier = Mutation.Any.class) Mutation mutation)
      throws IOException {
    PackageDirectory.write(folder, VERSION);
    Untrusted.read(
            mutation.of(ToyManifests.HEAD_WEIGHT),
            bytes -> {
              Files.write(folder.resolve("blobs").resolve(BLOB), bytes);
              return PackageDirectory.read(folder).blobs().get(BLOB);
            },
            MissingBlobException.class)
        .ifPresent(blob -> assertThat(blob).isEqualTo(ToyManifests.HEAD_WEIGHT));
  }
}
