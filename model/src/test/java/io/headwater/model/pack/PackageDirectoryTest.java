package io.headwater.model.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackageDirectoryTest {
  @TempDir private Path directory;

  @Test
  void read_whatWasWritten_isTheSameVersionWithTheSameBlobs() {
    ModelPackage version = ToyManifests.packaged();

    PackageDirectory.write(directory, version);
    ModelPackage read = PackageDirectory.read(directory);

    assertThat(read.version()).isEqualTo(version.version());
    for (String digest : Segments.references(version.manifest())) {
      assertThat(read.blobs().get(digest)).isEqualTo(version.blobs().get(digest));
    }
    assertThat(directory.resolve("manifest.json")).content().contains("\"reviews\"");
  }

  @Test
  void write_overAnOlderPackage_mendsDamagedBlobs() throws IOException {
    ModelPackage version = ToyManifests.packaged();
    PackageDirectory.write(directory, version);
    String digest = Digest.of(ToyManifests.HEAD_WEIGHT);
    Files.write(directory.resolve("blobs").resolve(digest), new byte[] {9});

    PackageDirectory.write(directory, version);

    assertThat(PackageDirectory.read(directory).blobs().get(digest))
        .isEqualTo(ToyManifests.HEAD_WEIGHT);
  }

  @Test
  void read_changedBlob_namesItAndTheMend() throws IOException {
    PackageDirectory.write(directory, ToyManifests.packaged());
    String digest = Digest.of(ToyManifests.HEAD_WEIGHT);
    Files.write(directory.resolve("blobs").resolve(digest), new byte[] {9});

    assertThatThrownBy(() -> PackageDirectory.read(directory).blobs().get(digest))
        .isInstanceOf(MissingBlobException.class)
        .hasMessageContaining(digest)
        .hasMessageContaining("import the model again");
  }

  @Test
  void read_emptyDirectory_saysThatItIsNoPackage() {
    assertThatThrownBy(() -> PackageDirectory.read(directory))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no model package");
  }
}
