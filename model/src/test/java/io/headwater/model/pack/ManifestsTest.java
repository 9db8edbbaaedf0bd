package io.headwater.model.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.schemas.Manifest;
import io.headwater.schemas.Threshold;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.junit.jupiter.api.Test;

class ManifestsTest {
  private final Manifest manifest = ToyManifests.packaged().manifest();
  private final byte[] canonical = Manifests.canonicalBytes(manifest);

  @Test
  void read_canonicalBytes_givesAnEqualManifestOfTheSameVersion() {
    Manifest read = Manifests.read(canonical);

    assertThat(read).isEqualTo(manifest);
    assertThat(Manifests.version(read)).isEqualTo(Manifests.version(manifest)).hasSize(64);
  }

  @Test
  void read_trailingByte_refuses() {
    assertThatThrownBy(() -> Manifests.read(Arrays.copyOf(canonical, canonical.length + 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void read_anyTruncation_refuses() {
    for (int length = 0; length < canonical.length; length++) {
      byte[] cut = Arrays.copyOf(canonical, length);
      assertThatThrownBy(() -> Manifests.read(cut)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void read_anyFlippedByte_refusesOrGivesAnotherVersion() {
    String version = Manifests.version(manifest);
    for (int i = 0; i < canonical.length; i++) {
      byte[] flipped = canonical.clone();
      flipped[i] ^= (byte) 0xff;
      try {
        assertThat(Manifests.version(Manifests.read(flipped))).isNotEqualTo(version);
      } catch (IllegalArgumentException refused) {
        assertThat(refused).hasMessageContaining("manifest");
      }
    }
  }

  @Test
  void read_sameContentInBlocksWithSizes_refusesAsNotCanonical() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = new EncoderFactory().blockingBinaryEncoder(bytes, null);
    new SpecificDatumWriter<>(Manifest.class).write(manifest, encoder);
    encoder.flush();

    assertThat(bytes.toByteArray()).isNotEqualTo(canonical);
    assertThatThrownBy(() -> Manifests.read(bytes.toByteArray()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("canonical");
  }

  @Test
  void read_forgedListLength_refusesWithoutReservingIt() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    encoder.writeInt(1);
    encoder.writeString("reviews");
    encoder.writeString("toy");
    encoder.writeLong(Integer.MAX_VALUE - 8);
    encoder.flush();

    assertThatThrownBy(() -> Manifests.read(bytes.toByteArray()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void read_tooManyBytes_refusesUnread() {
    assertThatThrownBy(() -> Manifests.read(new byte[Manifests.MAX_BYTES + 1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most");
  }

  @Test
  void read_unknownFormat_refuses() {
    manifest.setFormat(2);

    assertRefused("format 2");
  }

  @Test
  void read_listsOutOfOrder_refuses() {
    List<io.headwater.schemas.BlobRef> blobs = new ArrayList<>(manifest.getBlobs());
    Collections.reverse(blobs);
    manifest.setBlobs(blobs);

    assertRefused("ascending");
  }

  @Test
  void read_blobThatIsUsedButNotListed_refuses() {
    manifest.setBlobs(manifest.getBlobs().subList(1, manifest.getBlobs().size()));

    assertRefused("lacks");
  }

  @Test
  void read_blobNameThatIsNoDigest_refuses() {
    manifest.getBlobs().get(0).setDigest("../../etc/passwd");

    assertRefused("SHA-256");
  }

  @Test
  void read_thresholdOfUnknownLabel_refuses() {
    manifest.setThresholds(List.of(new Threshold("other", 0.5)));

    assertRefused("thresholds");
  }

  private void assertRefused(String why) {
    byte[] bytes = Manifests.canonicalBytes(manifest);
    assertThatThrownBy(() -> Manifests.read(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }
}
