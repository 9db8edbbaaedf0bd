package io.headwater.ops.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.schemas.headers.HeaderNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * All that a contender's own process is told, by a JSON file.
 *
 * @param application consumer group, transactional id or Streams application id: new in each round
 * @param model directory of the version's package
 * @param pipelineFile the pipeline file
 * @param work directory for its state
 * @param samples file for its {@link CpuSamples}
 * @param done file for what was done outside of Kafka, by {@link RawLoop}
 * @param sampleEvent bytes of an event, for the size of its score
 * @param keys folder of the trusted keys
 * @param version digest that the scorer puts into each score's headers
 * @param events in the input topic
 * @param batch most events a run of the model by those that batch by hand
 * @param threads stream threads
 */
record RoundPlan(
    Contender contender,
    String bootstrapServers,
    String application,
    String input,
    String output,
    String model,
    String pipelineFile,
    String work,
    String samples,
    String done,
    byte[] sampleEvent,
    String keys,
    String version,
    int events,
    int batch,
    int threads) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static RoundPlan read(Path file) {
    try {
      return JSON.readValue(file.toFile(), RoundPlan.class);
    } catch (IOException e) {
      throw new UncheckedIOException("the round's plan can't be read from " + file, e);
    }
  }

  void write(Path file) {
    try {
      Files.writeString(file, JSON.writeValueAsString(this));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record can always be written", e);
    } catch (IOException e) {
      throw new UncheckedIOException("the round's plan can't be written to " + file, e);
    }
  }

  Map<String, Object> client() {
    return Map.of("bootstrap.servers", bootstrapServers);
  }

  /** Consumer settings that every contender has. */
  Map<String, String> consumer() {
    return Map.of("max.poll.records", "1000");
  }

  /** Producer settings that every contender has. */
  Map<String, String> producer() {
    return Map.of(
        "linger.ms",
        "5",
        "batch.size",
        "262144",
        "buffer.memory",
        "67108864",
        "transaction.timeout.ms",
        "60000");
  }

  /** The headers that the scorer adds, and so every contender. */
  List<Header> headers() {
    return List.of(
        new RecordHeader(HeaderNames.MODEL, version.getBytes(UTF_8)),
        new RecordHeader(HeaderNames.STAGE, "production".getBytes(UTF_8)));
  }

  Duration commitInterval() {
    return Duration.ofMillis(100);
  }
}
