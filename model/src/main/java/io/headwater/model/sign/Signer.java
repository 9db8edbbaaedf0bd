package io.headwater.model.sign;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;

/**
 * Signs with a private key, which leaves it in no other way than into its owner's file.
 *
 * <p>Safe for use by several threads.
 */
public final class Signer {
  private final PrivateKey secret;
  private final Ed25519Key key;

  private Signer(PrivateKey secret, Ed25519Key key) {
    this.secret = secret;
    this.key = key;
  }

  /** A signer with a new key, from the system's own randomness. */
  public static Signer generate() {
    try {
      KeyPair pair = KeyPairGenerator.getInstance(Ed25519Key.ALGORITHM).generateKeyPair();
      return new Signer(pair.getPrivate(), new Ed25519Key(pair.getPublic()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has Ed25519", e);
    }
  }

  /**
   * A signer of stored keys.
   *
   * @param secret in PKCS #8
   * @throws IllegalArgumentException where it is not an Ed25519 key, or not that public key's
   */
  static Signer of(byte[] secret, Ed25519Key key) {
    Signer signer;
    try {
      signer =
          new Signer(
              KeyFactory.getInstance(Ed25519Key.ALGORITHM)
                  .generatePrivate(new PKCS8EncodedKeySpec(secret)),
              key);
    } catch (GeneralSecurityException e) {
      // The cause could carry bytes of the key.
      throw new IllegalArgumentException("the private key is not one of Ed25519");
    }
    byte[] probe = {};
    if (!key.verifies(
        Purpose.MANIFEST, probe, ByteBuffer.wrap(signer.sign(Purpose.MANIFEST, probe)))) {
      throw new IllegalArgumentException("private and public key do not belong together");
    }
    return signer;
  }

  public Ed25519Key key() {
    return key;
  }

  /** The Ed25519 signature on purpose and statement, 64 bytes; the same for the same bytes. */
  public byte[] sign(Purpose purpose, byte[] statement) {
    try {
      Signature signature = Signature.getInstance(Ed25519Key.ALGORITHM);
      signature.initSign(secret);
      signature.update(purpose.prefix());
      signature.update(statement);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("an Ed25519 key can sign", e);
    }
  }

  /** The private key in PKCS #8. */
  byte[] secret() {
    return secret.getEncoded();
  }

  @Override
  public String toString() {
    return "signer with key " + key.id();
  }
}
