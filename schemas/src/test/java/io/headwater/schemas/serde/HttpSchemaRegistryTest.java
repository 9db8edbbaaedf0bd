package io.headwater.schemas.serde;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpSchemaRegistryTest {
  private final List<String> requests = new ArrayList<>();
  private HttpServer server;
  private String address;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    address = "127.0.0.1:" + server.getAddress().getPort();
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(int status, String body) {
    server.createContext(
        "/",
        exchange -> {
          requests.add(
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestURI()
                  + " "
                  + exchange.getRequestHeaders().getFirst("Authorization"));
          exchange.sendResponseHeaders(status, body.length());
          exchange.getResponseBody().write(body.getBytes(UTF_8));
          exchange.close();
        });
  }

  @Test
  void register_twice_asksOnce() {
    answer(200, "{\"id\":7}");
    SchemaRegistry registry = new HttpSchemaRegistry(URI.create("http://u:pw@" + address + "/"));
    Schema schema = Schema.create(Schema.Type.STRING);
    assertThat(registry.register("t-value", schema)).isEqualTo(7);
    assertThat(registry.register("t-value", schema)).isEqualTo(7);
    assertThat(requests).containsExactly("POST /subjects/t-value/versions Basic dTpwdw==");
  }

  @Test
  void byId_ofKnownSchema_parsesIt() {
    answer(200, "{\"schema\":\"\\\"string\\\"\"}");
    assertThat(new HttpSchemaRegistry(URI.create("http://" + address)).byId(3))
        .isEqualTo(Schema.create(Schema.Type.STRING));
    assertThat(requests).containsExactly("GET /schemas/ids/3 null");
  }

  @Test
  void byId_whenRefused_namesTheRegistryWithoutCredentials() {
    answer(401, "{}");
    assertThatThrownBy(
            () -> new HttpSchemaRegistry(URI.create("http://u:hunter2@" + address)).byId(3))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageStartingWith("schema registry http://" + address + " answered 401")
        .hasMessageContaining("credentials");
  }

  @Test
  void byId_ofNoSchema_isRefused() {
    answer(200, "{\"schema\":\"{\"}");
    assertThatThrownBy(() -> new HttpSchemaRegistry(URI.create("http://" + address)).byId(3))
        .hasMessageContaining("no Avro schema under id 3");
  }

  @Test
  void byId_ofUnknownId_isTheRecordsFault() {
    answer(404, "{}");
    assertThatThrownBy(() -> new HttpSchemaRegistry(URI.create("http://" + address)).byId(3))
        .isInstanceOf(SerializationException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 503})
  void byId_whenTheRegistryIsUnwell_isNotTheRecordsFault(int status) {
    answer(status, "{}");
    assertThatThrownBy(() -> new HttpSchemaRegistry(URI.create("http://" + address)).byId(3))
        .isInstanceOf(RegistryUnavailableException.class);
  }

  @Test
  void byId_whenNothingListens_isNotTheRecordsFault() {
    server.stop(0);
    assertThatThrownBy(() -> new HttpSchemaRegistry(URI.create("http://" + address)).byId(3))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining("can't be reached: start it");
  }
}
