package io.headwater.ops.command;

import io.headwater.ops.http.Health;
import io.headwater.ops.process.StopSignal;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A daemon's time between start and end: says how it is whenever that changes. */
final class Run {
  private static final Logger LOG = LoggerFactory.getLogger(Run.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);

  private Run() {}

  /**
   * Waits until the process is told to stop or the part has failed for good.
   *
   * @return the command's exit status
   */
  static int until(StopSignal stop, Supplier<Health> health) throws InterruptedException {
    @Nullable String said = null;
    while (!stop.await(LOOK_EVERY)) {
      Health now = health.get();
      if (!now.live()) {
        LOG.error("{}", now.detail());
        return 1;
      }
      if (!Objects.equals(said, now.detail())) {
        said = now.detail();
        LOG.info("{}", said);
      }
    }
    LOG.info("Stopping");
    return 0;
  }
}
