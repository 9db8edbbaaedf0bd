package io.headwater.schemas.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ClientKindTest {
  private static final Map<String, Object> ALL =
      Map.of(
          "bootstrap.servers", "kafka:9092",
          "request.timeout.ms", "1000",
          "consumer.request.timeout.ms", "2000",
          "producer.compression.type", "lz4",
          "streams.num.stream.threads", "3");

  @Test
  void settings_takeTheirOwnKindsOverThoseOfAll() {
    assertThat(ClientKind.CONSUMER.settings(ALL))
        .isEqualTo(Map.of("bootstrap.servers", "kafka:9092", "request.timeout.ms", "2000"));
  }

  @Test
  void settings_leaveOutThoseOfOtherKinds() {
    assertThat(ClientKind.PRODUCER.settings(ALL))
        .isEqualTo(
            Map.of(
                "bootstrap.servers", "kafka:9092",
                "request.timeout.ms", "1000",
                "compression.type", "lz4"));
  }
}
