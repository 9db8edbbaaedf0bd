package io.headwater.ops.bench;

import io.headwater.model.log.Placed;
import io.headwater.model.log.PublishedStage;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.log.StageWriter;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.sign.KeyFolder;
import io.headwater.ops.sign.OwnKey;
import io.headwater.schemas.Stage;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The shadow stage of a measured pipeline, and who writes it. */
final class ShadowStage implements AutoCloseable {
  private final Pipeline pipeline;
  private final StageWriter writer;
  private final Map<String, PublishedVersion> published = new HashMap<>();

  /**
   * Becomes the stage's writer.
   *
   * @param keys folder of the bench's own key, made where there is none
   */
  ShadowStage(Pipeline pipeline, Map<String, Object> client, Path keys) {
    this.pipeline = pipeline;
    this.writer =
        new StageWriter(
            pipeline.topics(),
            Stage.SHADOW,
            client,
            OwnKey.ofDefault(new KeyFolder(keys)).signing(line -> {}),
            Clock.systemUTC());
  }

  /** Makes these versions the stage's; scorers that follow it see each on its way. */
  void put(List<ModelPackage> versions) {
    for (ModelPackage version : versions) {
      published.computeIfAbsent(version.version(), absent -> publish(version));
    }
    List<Placed> placed =
        versions.stream()
            .map(version -> published.get(version.version()))
            .map(version -> new Placed(version, 1, "", Instant.EPOCH))
            .toList();
    String first = versions.isEmpty() ? "" : versions.get(0).version();
    PublishedStage unused = writer.put(placed, Production.decision(pipeline, first));
  }

  private PublishedVersion publish(ModelPackage version) {
    return writer
        .publish(version, Production.decision(pipeline, version.version()), Map.of(), Instant.EPOCH)
        .version();
  }

  @Override
  public void close() {
    writer.close();
  }
}
