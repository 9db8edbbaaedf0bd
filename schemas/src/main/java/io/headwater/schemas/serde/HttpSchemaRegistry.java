package io.headwater.schemas.serde;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;

/**
 * A registry that speaks the Confluent Schema Registry's REST interface; answers are kept for the
 * life of the process, since ids never change their meaning.
 *
 * <p>Credentials may stand in the address ({@code https://user:password@host}); they go into the
 * Authorization header and never into a message.
 */
public final class HttpSchemaRegistry implements SchemaRegistry {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int MAX_ANSWER_BYTES = 4 * 1024 * 1024;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int UNPROCESSABLE = 422;
  private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";

  private record Registration(String subject, Schema schema) {}

  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
  private final Map<Registration, Integer> ids = new ConcurrentHashMap<>();
  private final URI address;
  private final String authorization;

  public HttpSchemaRegistry(URI address) {
    String credentials = address.getUserInfo();
    this.authorization =
        credentials == null
            ? ""
            : "Basic "
                + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    String path = address.getPath() == null ? "" : address.getPath().replaceAll("/+$", "");
    this.address =
        URI.create(
            address.getScheme()
                + "://"
                + address.getHost()
                + (address.getPort() < 0 ? "" : ":" + address.getPort())
                + path);
  }

  @Override
  public int register(String subject, Schema schema) {
    return ids.computeIfAbsent(
        new Registration(subject, schema),
        registration -> {
          String body = json.createObjectNode().put("schema", schema.toString()).toString();
          JsonNode answer =
              send(
                  HttpRequest.newBuilder(
                          at(
                              "/subjects/"
                                  + URLEncoder.encode(subject, StandardCharsets.UTF_8)
                                  + "/versions"))
                      .header("Content-Type", CONTENT_TYPE)
                      .POST(HttpRequest.BodyPublishers.ofString(body)));
          if (!answer.path("id").isInt()) {
            throw new SerializationException(
                "schema registry " + address + " answered without an id for " + subject);
          }
          return answer.get("id").intValue();
        });
  }

  @Override
  public Schema byId(int id) {
    return schemas.computeIfAbsent(
        id,
        wanted -> {
          JsonNode answer = send(HttpRequest.newBuilder(at("/schemas/ids/" + wanted)).GET());
          try {
            return new Schema.Parser().parse(answer.path("schema").asText());
          } catch (SchemaParseException e) {
            throw new SerializationException(
                "schema registry " + address + " holds no Avro schema under id " + wanted, e);
          }
        });
  }

  private URI at(String path) {
    return URI.create(address + path);
  }

  private JsonNode send(HttpRequest.Builder request) {
    request.timeout(TIMEOUT).header("Accept", CONTENT_TYPE);
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    try {
      HttpResponse<InputStream> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        byte[] bytes = body.readNBytes(MAX_ANSWER_BYTES);
        if (answer.statusCode() != 200) {
          throw refused(answer.statusCode());
        }
        return json.readTree(bytes);
      }
    } catch (IOException e) {
      throw new RegistryUnavailableException(
          "schema registry "
              + address
              + " can't be reached: start it, or correct `registry` in the pipeline file",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RegistryUnavailableException(
          "interrupted while asking schema registry " + address, e);
    }
  }

  /** What a status says: of the id or schema asked about, or of the registry itself. */
  private KafkaException refused(int status) {
    String message = "schema registry " + address + " answered " + status;
    return switch (status) {
      case NOT_FOUND, CONFLICT, UNPROCESSABLE -> new SerializationException(message);
      case UNAUTHORIZED, FORBIDDEN ->
          new RegistryUnavailableException(
              message + ": correct the credentials of `registry` in the pipeline file", null);
      default -> new RegistryUnavailableException(message, null);
    };
  }
}
