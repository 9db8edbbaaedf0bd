package io.headwater.ops.command;

import io.headwater.model.log.ModelLog;
import io.headwater.model.sign.Trust;
import io.headwater.ops.registry.Found;
import io.headwater.schemas.topics.TopicMismatchException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A model log that is opened when a version has to be looked up in it. */
final class LazyLog implements AutoCloseable {
  private final LogOptions options;
  private final KeysOption keys;
  private @Nullable ModelLog log;

  LazyLog(LogOptions options, KeysOption keys) {
    this.options = options;
    this.keys = keys;
  }

  /** Finds a version by directory, stage or digits. */
  Found find(String name) throws TopicMismatchException {
    if (log == null && !Files.isDirectory(Path.of(name))) {
      Trust trust = keys.folder().trust().get();
      log = options.place().open(trust);
    }
    @Nullable ModelLog opened = log;
    return Found.of(
        name,
        () -> {
          if (opened == null) {
            throw new IllegalStateException("a directory is not looked up in the log");
          }
          return opened;
        });
  }

  @Override
  public void close() {
    if (log != null) {
      log.close();
    }
  }
}
