package io.headwater.stream;

import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;
import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.headwater.schemas.serde.HttpSchemaRegistry;
import io.headwater.schemas.serde.RegistryUnavailableException;
import io.headwater.stream.meter.ScorerMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

class ThreadFailuresTest {
  private int rests;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ThreadFailures failures =
      new ThreadFailures(TestPipelines.CLOCK, new ScorerMeters(registry), () -> rests++);

  @Test
  void handle_fewFailures_replacesThenStops() {
    for (int i = 0; i < 5; i++) {
      assertThat(failures.handle(new StreamsException("x", new IllegalStateException("boom"))))
          .isEqualTo(REPLACE_THREAD);
    }
    assertThat(failures.last()).hasValueSatisfying(s -> assertThat(s).contains("boom"));
    assertThat(failures.handle(new StreamsException("boom"))).isEqualTo(SHUTDOWN_CLIENT);
    assertThat(registry.get("headwater.stream.failures").counter().count()).isEqualTo(6);
  }

  @Test
  void handle_whatCannotPassByItself_stopsAtOnceWithTheMend() {
    assertThat(failures.handle(new MissingSourceTopicException("reviews.events is missing")))
        .isEqualTo(SHUTDOWN_CLIENT);
    assertThat(failures.last())
        .hasValueSatisfying(s -> assertThat(s).contains("headwater topics create"));
    assertThat(
            failures.handle(new StreamsException("x", new TopicAuthorizationException("denied"))))
        .isEqualTo(SHUTDOWN_CLIENT);
  }

  @Test
  void handle_registryAway_restsAndReplacesForAsLongAsItTakes() {
    for (int i = 1; i <= 20; i++) {
      assertThat(failures.handle(new StreamsException("x", registryAway())))
          .isEqualTo(REPLACE_THREAD);
      assertThat(rests).isEqualTo(i);
    }
    assertThat(failures.outage())
        .hasValueSatisfying(s -> assertThat(s).contains("http://127.0.0.1:1 can't be reached"));
    assertThat(failures.handle(new IllegalStateException("boom"))).isEqualTo(REPLACE_THREAD);
  }

  private static RuntimeException registryAway() {
    return catchThrowableOfType(
        RegistryUnavailableException.class,
        () -> new HttpSchemaRegistry(URI.create("http://127.0.0.1:1")).byId(1));
  }
}
