package io.headwater.model.pack;

import io.headwater.schemas.Manifest;
import io.headwater.schemas.serde.AvroBounds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;

/** Canonical bytes and versions of manifests. */
public final class Manifests {
  static {
    AvroBounds.establish();
  }

  /** The only description that this code reads and writes. */
  public static final int FORMAT = 1;

  /** A manifest above this is refused unread: it travels inside one stage record. */
  public static final int MAX_BYTES = 1 << 20;

  private Manifests() {}

  /** The Avro binary encoding, without framing: the same for equal manifests. */
  public static byte[] canonicalBytes(Manifest manifest) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(16 << 10);
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    try {
      new SpecificDatumWriter<>(Manifest.class).write(manifest, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("a manifest can't be written to memory", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads canonical bytes, and refuses any that would not be written the same way again.
   *
   * @throws IllegalArgumentException where they are not a manifest's canonical bytes, or what they
   *     say contradicts itself
   */
  public static Manifest read(byte[] canonical) {
    if (canonical.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "manifest has " + canonical.length + " bytes; at most " + MAX_BYTES + " are read");
    }
    Manifest manifest = decode(canonical);
    if (!Arrays.equals(canonical, canonicalBytes(manifest))) {
      throw new IllegalArgumentException(
          "manifest is not in its canonical encoding; publish it again with headwater");
    }
    ManifestChecks.check(manifest);
    return manifest;
  }

  public static String version(Manifest manifest) {
    return Digest.of(canonicalBytes(manifest));
  }

  private static Manifest decode(byte[] canonical) {
    BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(canonical, null);
    try {
      Manifest manifest = new SpecificDatumReader<>(Manifest.class).read(null, decoder);
      if (!decoder.isEnd()) {
        throw new IllegalArgumentException("manifest is followed by bytes that are not its own");
      }
      return manifest;
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("manifest can't be read: not this format's Avro bytes", e);
    }
  }
}
