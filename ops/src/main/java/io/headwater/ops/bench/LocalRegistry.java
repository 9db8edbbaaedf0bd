package io.headwater.ops.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** As much of a schema registry as benches and tests need, in memory, on the loopback address. */
public final class LocalRegistry implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BY_ID = "/schemas/ids/";
  private static final int NOT_FOUND = 404;

  private final List<String> schemas = new ArrayList<>();
  private final HttpServer server;

  /** Starts one on a free port. */
  public LocalRegistry() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException("no port is free on the loopback address", e);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  /** Where it answers. */
  public URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String answer =
          path.startsWith(BY_ID)
              ? byId(Integer.parseInt(path.substring(BY_ID.length())))
              : register(JSON.readTree(exchange.getRequestBody()).path("schema"));
      byte[] bytes = JSON.writeValueAsBytes(JSON.readTree(answer));
      exchange.sendResponseHeaders(bytes.length > 2 ? 200 : NOT_FOUND, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private synchronized String register(JsonNode schema) {
    if (!schemas.contains(schema.asText())) {
      schemas.add(schema.asText());
    }
    return JSON.createObjectNode().put("id", schemas.indexOf(schema.asText())).toString();
  }

  private synchronized String byId(int id) {
    return id < schemas.size()
        ? JSON.createObjectNode().put("schema", schemas.get(id)).toString()
        : "{}";
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
