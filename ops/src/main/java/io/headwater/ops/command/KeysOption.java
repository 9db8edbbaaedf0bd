package io.headwater.ops.command;

import io.headwater.model.sign.KeyFolder;
import io.headwater.ops.process.Folders;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that names the folder of keys and of trust. */
final class KeysOption {
  @Option(
      names = "--keys",
      paramLabel = "DIR",
      defaultValue = "${env:HEADWATER_KEYS}",
      description =
          "Folder of keys and of trust.yaml, which says whose models are believed (or set"
              + " HEADWATER_KEYS; default: in the user's config directory).")
  private @Nullable Path folder;

  KeyFolder folder() {
    return new KeyFolder(
        folder == null || folder.toString().isBlank() ? Folders.ofUser().keys() : folder);
  }
}
