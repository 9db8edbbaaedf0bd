package io.headwater.ops.command;

import io.headwater.ops.data.PackageClients;
import io.headwater.ops.data.Packages;
import io.headwater.ops.data.PretrainedModels;
import io.headwater.ops.process.Folders;
import java.util.Map;
import java.util.function.Consumer;

/** The user's cache of pre-trained models. */
final class Pretraining {
  private Pretraining() {}

  /**
   * Opens the cache.
   *
   * @param progress told in a line what is being fetched
   */
  static PretrainedModels models(Consumer<String> progress) {
    Map<String, String> environment = System.getenv();
    PackageClients clients =
        new PackageClients(
            environment.getOrDefault("PATH", ""), Folders.ofUser().checkout().orElse(null));
    return new PretrainedModels(
        new Packages(Packages.defaultCache(environment), clients, progress));
  }
}
