package io.headwater.ops.bench;

import io.headwater.ops.data.PackageClients;
import io.headwater.ops.data.Packages;
import io.headwater.ops.data.PretrainedModels;
import io.headwater.ops.process.Folders;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A model that can be measured by name, and how many events of it take some seconds. */
enum BenchModel {
  /** Numbers as JSON. */
  mlp(null, 1_000_000),
  /** Numbers as Avro. */
  mlp_avro(null, 1_000_000),
  minilm("all-minilm-l6-v2", 2_000),
  minilm_q("all-minilm-l6-v2-q", 4_000);

  private final @Nullable String pretrained;
  private final int events;

  BenchModel(@Nullable String pretrained, int events) {
    this.pretrained = pretrained;
    this.events = events;
  }

  boolean isText() {
    return pretrained != null;
  }

  /**
   * The model and its events; fetches what is pretrained.
   *
   * @param count events of a round; null for as many as usual
   * @param trainable how many trailing segments another version may replace
   */
  Workload workload(
      @Nullable Integer count, int trainable, LocalRegistry registry, Consumer<String> progress) {
    int wanted = count == null ? events : count;
    if (this == mlp_avro) {
      return Workloads.avroNumbers(wanted, registry.address());
    } else if (pretrained == null) {
      return Workloads.numbers(wanted, trainable);
    }
    PretrainedModels models =
        new PretrainedModels(
            new Packages(
                Packages.defaultCache(System.getenv()),
                new PackageClients(
                    System.getenv().getOrDefault("PATH", ""),
                    Folders.ofUser().checkout().orElse(null)),
                progress));
    return Workloads.texts(models.fetch(pretrained), wanted, trainable);
  }
}
