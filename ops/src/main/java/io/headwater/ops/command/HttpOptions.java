package io.headwater.ops.command;

import io.headwater.ops.http.Health;
import io.headwater.ops.http.HttpEndpoint;
import io.headwater.ops.http.Telemetry;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where metrics and health are served. */
final class HttpOptions {
  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description =
          "Port of /metrics and /health; 0 finds a free one (8080 to score, 8081 to train).")
  private @Nullable Integer port;

  @Option(
      names = "--http-host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Address to serve them on (default: ${DEFAULT-VALUE}; 0.0.0.0 for everyone).")
  private String host = "";

  HttpEndpoint start(int otherwise, Telemetry telemetry, Supplier<Health> health) {
    return HttpEndpoint.start(host, port == null ? otherwise : port, telemetry, health);
  }
}
