package io.headwater.model.pack;

import io.headwater.schemas.Manifest;

/** Canonical bytes and versions of manifests. */
public final class Manifests {
  private Manifests() {}

  /** The Avro binary encoding, without framing: the same for equal manifests. */
  public static byte[] canonicalBytes(Manifest manifest) {
    throw new UnsupportedOperationException("not written");
  }

  /**
   * Reads canonical bytes, and refuses any that would not be written the same way again.
   *
   * @throws IllegalArgumentException where they are not a manifest's canonical bytes
   */
  public static Manifest read(byte[] canonical) {
    throw new UnsupportedOperationException("not written");
  }

  public static String version(Manifest manifest) {
    return Digest.of(canonicalBytes(manifest));
  }
}
