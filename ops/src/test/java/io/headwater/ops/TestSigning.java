package io.headwater.ops;

import io.headwater.model.sign.Signer;
import io.headwater.model.sign.Signing;
import io.headwater.model.sign.Trust;
import io.headwater.model.sign.TrustedKey;
import io.headwater.schemas.Stage;
import java.util.Set;
import java.util.function.Supplier;

/** A trainer's key, trusted for candidates, and two promoters', trusted for every stage. */
final class TestSigning {
  private static final Signer TRAINER = Signer.generate();
  private static final Signer PROMOTER = Signer.generate();
  private static final Signer OTHER_PROMOTER = Signer.generate();

  static final Trust ALL =
      Trust.of(
          new TrustedKey(
              "trainer",
              TRAINER.key(),
              Set.of(TrustedKey.ANY),
              Set.of(Stage.CANDIDATE),
              null,
              false),
          TrustedKey.forAll("promoter", PROMOTER.key()),
          TrustedKey.forAll("other promoter", OTHER_PROMOTER.key()));
  static final Supplier<Trust> TRUST = () -> ALL;
  static final Signing BY_PROMOTER = new Signing(PROMOTER, TRUST);
  static final Signing BY_OTHER_PROMOTER = new Signing(OTHER_PROMOTER, TRUST);
  static final Signing BY_TRAINER = new Signing(TRAINER, TRUST);

  private TestSigning() {}
}
