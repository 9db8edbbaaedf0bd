package io.headwater.model.log;

import io.headwater.schemas.Stage;
import io.headwater.schemas.topics.PipelineTopics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads a pipeline's model log with its own read_committed consumers. */
public final class ModelLog implements AutoCloseable {
  /**
   * Opens the log.
   *
   * @param client Kafka client settings: bootstrap servers, security
   * @param cache directory for verified blobs; made where it is missing
   */
  public ModelLog(PipelineTopics topics, Map<String, Object> client, Path cache) {
    throw new UnsupportedOperationException("not written");
  }

  /** What the stage's last record names, or empty where the topic is. */
  public Optional<PublishedVersion> latest(Stage stage) {
    throw new UnsupportedOperationException("not written");
  }

  /**
   * Follows a stage from its last record on, on a thread of its own, until the log is closed.
   *
   * @param onVersion called with the last record's version, then with each later one; what it
   *     throws goes to {@code onFailure} and following goes on
   * @param onFailure called with a record that can't be read or a version that can't be had
   */
  public void follow(
      Stage stage,
      Duration pollEvery,
      Consumer<PublishedVersion> onVersion,
      Consumer<Exception> onFailure) {
    throw new UnsupportedOperationException("not written");
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException("not written");
  }
}
