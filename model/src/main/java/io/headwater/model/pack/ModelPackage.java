package io.headwater.model.pack;

import io.headwater.schemas.Manifest;

/**
 * A version: its manifest and where its blobs come from.
 *
 * @param manifest never changed once packaged
 */
public record ModelPackage(Manifest manifest, Blobs blobs) {
  /** The version: SHA-256 of the manifest's canonical bytes. */
  public String version() {
    return Manifests.version(manifest);
  }
}
