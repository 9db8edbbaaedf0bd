package io.headwater.ops.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.ops.UserError;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpEndpointTest {
  private static final Health WAITING =
      new Health(true, false, "WAITING_FOR_MODEL", null, "waiting for a version");
  private static final Health RUNNING = new Health(true, true, "RUNNING", "abc", "scoring");
  private static final Health FAILED = new Health(false, false, "FAILED", "abc", "stopped");

  private final AtomicReference<Health> health = new AtomicReference<>(WAITING);
  private final Telemetry telemetry = new Telemetry("scorer", "reviews");
  private final HttpEndpoint endpoint = HttpEndpoint.start("127.0.0.1", 0, telemetry, health::get);

  @AfterEach
  void close() {
    endpoint.close();
    telemetry.close();
  }

  @Test
  void ready_whileItWaits_is503AndSaysForWhat() throws Exception {
    HttpResponse<String> answer = get("/health/ready", "*/*");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(new ObjectMapper().readTree(answer.body()))
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    "{\"state\":\"WAITING_FOR_MODEL\",\"detail\":\"waiting for a version\","
                        + "\"version\":null}"));
    assertThat(get("/health/live", "*/*").statusCode()).isEqualTo(200);
  }

  @Test
  void root_inABrowser_saysHowItIsAndEscapesWhatItSays() throws Exception {
    health.set(new Health(true, false, "WAITING", null, "waiting for <b>{state}</b>"));
    HttpResponse<String> answer = get("/", "text/html");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
    assertThat(answer.body())
        .contains(
            "<h1>Headwater scorer of reviews</h1>",
            "WAITING",
            "waiting for &lt;b&gt;&#123;state}&lt;/b&gt;")
        .doesNotContain("{detail}", "{version}", "Version in force", "<b>");
    health.set(RUNNING);
    assertThat(get("/", "text/html").body()).contains("Version in force</dt><dd>abc<");
  }

  @Test
  void ready_whileItRuns_is200() throws Exception {
    health.set(RUNNING);
    assertThat(get("/health/ready", "*/*").statusCode()).isEqualTo(200);
  }

  @Test
  void live_onceItHasFailed_is503() throws Exception {
    health.set(FAILED);
    assertThat(get("/health/live", "*/*").statusCode()).isEqualTo(503);
    assertThat(get("/health/ready", "*/*").statusCode()).isEqualTo(503);
  }

  @Test
  void metrics_asPrometheusAsks_holdTheJvmsAndThePipelinesName() throws Exception {
    HttpResponse<String> text = get("/metrics", "text/plain");
    assertThat(text.headers().firstValue("Content-Type").orElse("")).contains("version=0.0.4");
    assertThat(text.body()).contains("jvm_memory_used_bytes", "pipeline=\"reviews\"");

    HttpResponse<String> open = get("/metrics", "application/openmetrics-text;version=1.0.0");
    assertThat(open.body()).endsWith("# EOF\n");
  }

  @Test
  void start_portTaken_saysSo() {
    assertThatThrownBy(
            () ->
                HttpEndpoint.start(
                    "127.0.0.1", endpoint.address().getPort(), telemetry, health::get))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--http-port");
  }

  private HttpResponse<String> get(String path, String accept) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(endpoint.address().resolve(path))
                .header("Accept", accept)
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
