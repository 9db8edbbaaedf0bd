package io.headwater.ops.command;

import io.headwater.model.sign.KeyFolder;
import io.headwater.model.sign.Signing;
import io.headwater.ops.sign.OwnKey;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of a command that writes to the model log: with which key it signs. */
final class SigningOptions {
  @Mixin private KeysOption keys = new KeysOption();

  @Option(
      names = "--key",
      paramLabel = "NAME",
      defaultValue = KeyFolder.DEFAULT_KEY,
      description =
          "The key to sign with (default: ${DEFAULT-VALUE}, made and trusted where it is missing).")
  private String name = KeyFolder.DEFAULT_KEY;

  /**
   * What is needed to write to the model log.
   *
   * @param say told where a key was made
   */
  Signing signing(Consumer<String> say) {
    return new OwnKey(keys.folder(), name).signing(say);
  }
}
