package io.headwater.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.headwater.model.sign.Trust;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScorerAppTest {
  private static final Map<String, Object> NOBODY =
      Map.of(
          "bootstrap.servers",
          "localhost:1",
          "request.timeout.ms",
          500,
          "default.api.timeout.ms",
          500);

  private @TempDir Path state;

  private ScorerApp app(ScorerOptions options) {
    return new ScorerApp(
        TestPipelines.reviews(), NOBODY, options, Trust::of, new SimpleMeterRegistry());
  }

  @Test
  void start_withoutABroker_waitsForAModelAndSaysWhy() {
    try (ScorerApp app = app(ScorerOptions.defaults(state))) {
      assertThat(app.status())
          .isEqualTo(
              new ScorerStatus(
                  ScorerStatus.State.WAITING_FOR_MODEL,
                  null,
                  "waiting for a trained version in production"));
      app.start();
      await().until(() -> app.status().detail().contains("can't be read"));
      assertThat(app.status().state()).isEqualTo(ScorerStatus.State.WAITING_FOR_MODEL);
      assertThatThrownBy(app::start).hasMessageContaining("started once");
    }
  }

  @Test
  void close_takesSecondsAndMayComeTwice() {
    ScorerApp app = app(ScorerOptions.defaults(state));
    app.start();
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              app.close();
              app.close();
            });
    assertThat(app.status().state()).isEqualTo(ScorerStatus.State.CLOSED);
  }

  @Test
  void make_withAnUnknownSetting_isRefused() {
    assertThatThrownBy(() -> app(ScorerOptions.defaults(state).withOverrides(Map.of("acks", "0"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'acks'");
  }
}
