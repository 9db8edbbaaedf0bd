package io.headwater.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.stream.score.PollInterceptor;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;

class StreamsSettingsTest {
  private static final Map<String, Object> CLIENT = Map.of("bootstrap.servers", "localhost:1");
  private static final ScorerOptions OPTIONS = ScorerOptions.defaults(Path.of("state"));

  private static Properties of(ScorerOptions options) {
    return StreamsSettings.of(TestPipelines.reviews(), CLIENT, options);
  }

  @Test
  void of_defaults_isAValidStreamsConfigWithExactlyOnce() {
    StreamsConfig config = new StreamsConfig(of(OPTIONS));
    assertThat(config.getString(StreamsConfig.PROCESSING_GUARANTEE_CONFIG))
        .isEqualTo(StreamsConfig.EXACTLY_ONCE_V2);
    assertThat(config.getBoolean(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG))
        .isTrue();
    Map<String, Object> consumer = config.getMainConsumerConfigs("reviews-scorer", "c", 0);
    assertThat(consumer)
        .containsEntry("interceptor.classes", PollInterceptor.class.getName())
        .containsEntry(PollInterceptor.TOPIC, "reviews.events")
        .containsEntry("isolation.level", "read_committed")
        .containsEntry("max.poll.records", 1000);
    assertThat(config.getProducerConfigs("c"))
        .containsEntry("transaction.timeout.ms", 10_000)
        .containsEntry("batch.size", 262_144);
  }

  @Test
  void of_overrides_winAndKeepOurInterceptorLast() {
    StreamsConfig config =
        new StreamsConfig(
            of(
                OPTIONS.withOverrides(
                    Map.of(
                        "streams.commit.interval.ms", "1000",
                        "consumer.max.poll.records", "7",
                        "consumer.interceptor.classes", "a.B",
                        "producer.linger.ms", "50"))));
    assertThat(config.getLong(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG)).isEqualTo(1000);
    assertThat(config.getMainConsumerConfigs("reviews-scorer", "c", 0))
        .containsEntry("max.poll.records", "7")
        .containsEntry("interceptor.classes", "a.B," + PollInterceptor.class.getName());
    assertThat(config.getProducerConfigs("c")).containsEntry("linger.ms", "50");
  }

  @Test
  void of_unknownPrefix_isRefusedWithTheMend() {
    assertThatThrownBy(() -> of(OPTIONS.withOverrides(Map.of("linger.ms", "1"))))
        .hasMessageContaining("'linger.ms'")
        .hasMessageContaining("producer.");
  }
}
