package io.headwater.model.sign;

import io.headwater.model.pack.Digest;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;

/**
 * A public key of Ed25519 (RFC 8032), the one algorithm that Headwater signs with.
 *
 * <p>It is written as its X.509 SubjectPublicKeyInfo, which {@code openssl pkey -pubin} reads too;
 * its id is the first 16 hex digits of that encoding's SHA-256. The id only finds a key: what is
 * verified against is always the whole key.
 */
public final class Ed25519Key {
  static final String ALGORITHM = "Ed25519";
  private static final int ENCODED_BYTES = 44;
  private static final int SIGNATURE_BYTES = 64;
  private static final int ID_DIGITS = 16;

  private final PublicKey key;
  private final String id;

  Ed25519Key(PublicKey key) {
    this.key = key;
    this.id = Digest.of(key.getEncoded()).substring(0, ID_DIGITS);
  }

  /**
   * Reads a key's encoding.
   *
   * @throws IllegalArgumentException where it is not that of an Ed25519 key
   */
  static Ed25519Key of(byte[] encoded) {
    try {
      if (encoded.length == ENCODED_BYTES) {
        PublicKey key =
            KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(encoded));
        if (Arrays.equals(key.getEncoded(), encoded)) {
          return new Ed25519Key(key);
        }
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not an Ed25519 public key", e);
    }
    throw new IllegalArgumentException("not an Ed25519 public key");
  }

  /**
   * Reads what {@link #text} writes.
   *
   * @throws IllegalArgumentException where it is not an Ed25519 key in base64
   */
  public static Ed25519Key parse(String text) {
    try {
      return of(Base64.getDecoder().decode(text.strip()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("not an Ed25519 public key in base64", e);
    }
  }

  public String id() {
    return id;
  }

  /** The encoding in base64, 60 characters. */
  public String text() {
    return Base64.getEncoder().encodeToString(key.getEncoded());
  }

  byte[] encoded() {
    return key.getEncoded();
  }

  /** Whether the signature is this key's on the statement, for that purpose. */
  boolean verifies(Purpose purpose, byte[] statement, ByteBuffer signature) {
    byte[] bytes = new byte[signature.remaining()];
    if (bytes.length != SIGNATURE_BYTES) {
      return false;
    }
    signature.duplicate().get(bytes);
    try {
      Signature verifier = Signature.getInstance(ALGORITHM);
      verifier.initVerify(key);
      verifier.update(purpose.prefix());
      verifier.update(statement);
      return verifier.verify(bytes);
    } catch (SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has Ed25519", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ed25519Key that && key.equals(that.key);
  }

  @Override
  public int hashCode() {
    return key.hashCode();
  }

  @Override
  public String toString() {
    return id;
  }
}
