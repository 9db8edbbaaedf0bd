package io.headwater.ops.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.ops.UserError;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.javalin.util.JavalinBindException;
import java.net.URI;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Serves {@code /metrics}, {@code /health/live} and {@code /health/ready}, and a page for people at
 * the root.
 *
 * <p>Health answers 200 or 503, with the state in JSON either way.
 */
public final class HttpEndpoint implements AutoCloseable {
  private static final int MAX_THREADS = 8;
  private static final int MIN_THREADS = 1;
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Javalin server;
  private final String host;

  private HttpEndpoint(Javalin server, String host) {
    this.server = server;
    this.host = host;
  }

  /**
   * Starts to serve.
   *
   * @param port to listen on; 0 finds a free one
   * @param health asked at each request, by several threads
   * @throws UserError where it can't listen there
   */
  public static HttpEndpoint start(
      String host, int port, Telemetry telemetry, Supplier<Health> health) {
    Javalin server = Javalin.create(config -> configure(config, telemetry, health));
    try {
      server.start(host, port);
    } catch (JavalinBindException e) {
      server.stop();
      throw new UserError(
          "port %d of %s is taken or may not be listened on".formatted(port, host),
          "choose another with --http-port (0 finds a free one), or another --http-host",
          e);
    }
    return new HttpEndpoint(server, host);
  }

  /** Where it listens. */
  public URI address() {
    String name = host.contains(":") ? "[" + host + "]" : host;
    return URI.create("http://" + name + ":" + server.port());
  }

  @Override
  public void close() {
    server.stop();
  }

  private static void configure(
      JavalinConfig config, Telemetry telemetry, Supplier<Health> health) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.jetty.threadPool = new QueuedThreadPool(MAX_THREADS, MIN_THREADS);
    config.routes.get("/", context -> context.html(StatusPage.of(telemetry.title(), health.get())));
    config.routes.get("/metrics", context -> metrics(context, telemetry));
    config.routes.get("/health/live", context -> answer(context, health.get(), Health::live));
    config.routes.get("/health/ready", context -> answer(context, health.get(), Health::ready));
  }

  private static void metrics(Context context, Telemetry telemetry) {
    String asked = context.header("Accept");
    boolean openMetrics = asked != null && asked.contains("application/openmetrics-text");
    String type =
        openMetrics
            ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
            : PROMETHEUS_TEXT;
    context.result(telemetry.scrape(type));
    context.contentType(type);
  }

  private static void answer(Context context, Health health, Predicate<Health> well) {
    ObjectNode body = JSON.createObjectNode();
    body.put("state", health.state());
    body.put("detail", health.detail());
    body.put("version", health.version());
    context.status(well.test(health) ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
    context.contentType("application/json");
    context.result(body.toString());
  }
}
