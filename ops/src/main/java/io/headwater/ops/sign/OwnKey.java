package io.headwater.ops.sign;

import io.headwater.model.sign.KeyFolder;
import io.headwater.model.sign.Signer;
import io.headwater.model.sign.Signing;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The key that a command signs with: the default one is made and trusted unasked, any other must
 * have been made by `headwater keys generate`.
 */
public record OwnKey(KeyFolder folder, String name) {
  /** The default key of a folder. */
  public static OwnKey ofDefault(KeyFolder folder) {
    return new OwnKey(folder, KeyFolder.DEFAULT_KEY);
  }

  /**
   * What is needed to write to the model log.
   *
   * @param say told where a key was made
   * @throws io.headwater.model.sign.KeyFileException where the key can't be had or made
   */
  public Signing signing(Consumer<String> say) {
    return new Signing(signer(say), folder.trust());
  }

  private Signer signer(Consumer<String> say) {
    if (folder.holds(name) || !name.equals(KeyFolder.DEFAULT_KEY)) {
      return folder.signer(name);
    }
    KeyFolder.Made made = folder.make(name, UnaryOperator.identity());
    if (made.isNew()) {
      say.accept(
          "made the key %s (%s), which signs models, and trusted it on this machine"
              .formatted(made.signer().key().id(), folder.secretFile(name)));
    }
    return made.signer();
  }
}
