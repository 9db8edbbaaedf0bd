package io.headwater.model.sign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class SignatureTest {
  private static final byte[] STATEMENT = "promote 7".getBytes(UTF_8);
  private static final Signer SIGNER = Signer.generate();
  private static final Trust TRUST = Trust.of(TrustedKey.forAll("mine", SIGNER.key()));

  private static TrustedKey verify(String keyId, byte[] signature, Purpose purpose, byte[] bytes) {
    return TRUST.signedBy("the record", keyId, ByteBuffer.wrap(signature), purpose, bytes);
  }

  private static void assertRefused(
      Refusal refusal, String keyId, byte[] signature, Purpose purpose, byte[] bytes) {
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> verify(keyId, signature, purpose, bytes))
        .matches(e -> e.refusal() == refusal, refusal.code());
  }

  @Test
  void signedBy_trustedKey_findsIt() {
    byte[] signature = SIGNER.sign(Purpose.STAGE_RECORD, STATEMENT);
    assertThat(verify(SIGNER.key().id(), signature, Purpose.STAGE_RECORD, STATEMENT).name())
        .isEqualTo("mine");
  }

  @Test
  void signedBy_anyBitChanged_isRefused() {
    String id = SIGNER.key().id();
    byte[] signature = SIGNER.sign(Purpose.STAGE_RECORD, STATEMENT);
    for (int bit = 0; bit < 8 * signature.length; bit += 3) {
      byte[] changed = signature.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertRefused(Refusal.BAD_SIGNATURE, id, changed, Purpose.STAGE_RECORD, STATEMENT);
    }
    byte[] edited = STATEMENT.clone();
    edited[8]++;
    assertRefused(Refusal.BAD_SIGNATURE, id, signature, Purpose.STAGE_RECORD, edited);
  }

  @Test
  void signedBy_signatureForAnotherPurpose_isRefused() {
    byte[] signature = SIGNER.sign(Purpose.MANIFEST, STATEMENT);
    assertRefused(
        Refusal.BAD_SIGNATURE, SIGNER.key().id(), signature, Purpose.STAGE_RECORD, STATEMENT);
  }

  @Test
  void signedBy_nobodyOrAStranger_isRefusedWithTheMend() {
    Signer stranger = Signer.generate();
    byte[] signature = stranger.sign(Purpose.STAGE_RECORD, STATEMENT);
    assertRefused(Refusal.UNSIGNED, "", new byte[0], Purpose.STAGE_RECORD, STATEMENT);
    assertRefused(
        Refusal.UNSIGNED, SIGNER.key().id(), new byte[0], Purpose.STAGE_RECORD, STATEMENT);
    assertRefused(
        Refusal.BAD_SIGNATURE, SIGNER.key().id(), signature, Purpose.STAGE_RECORD, STATEMENT);
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> verify(stranger.key().id(), signature, Purpose.STAGE_RECORD, STATEMENT))
        .withMessageContaining(stranger.key().id())
        .withMessageContaining("headwater keys trust");
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> verify("\u001b[31mred", signature, Purpose.STAGE_RECORD, STATEMENT))
        .withMessageNotContaining("red");
  }

  @Test
  void parse_keyOfAnotherAlgorithmOrWithMoreBehind_isRefused() throws NoSuchAlgorithmException {
    byte[] curve =
        KeyPairGenerator.getInstance("X25519").generateKeyPair().getPublic().getEncoded();
    byte[] rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPublic().getEncoded();
    byte[] longer = Arrays.copyOf(SIGNER.key().encoded(), 45);
    for (byte[] other : new byte[][] {curve, rsa, longer, new byte[44], {}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Ed25519Key.parse(Base64.getEncoder().encodeToString(other)))
          .withMessageContaining("not an Ed25519 public key");
    }
    assertThat(Ed25519Key.parse(SIGNER.key().text())).isEqualTo(SIGNER.key());
  }

  @Test
  void toString_ofASigner_holdsNothingOfThePrivateKey() {
    assertThat(SIGNER).hasToString("signer with key " + SIGNER.key().id());
  }
}
