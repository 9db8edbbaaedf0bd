package io.headwater.stream.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.headwater.model.pipeline.FeatureSpec;
import io.headwater.stream.TestPipelines;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScoringSettingsTest {
  private static final ScoringSettings SETTINGS =
      new ScoringSettings(256, 32, Duration.ofMillis(1));

  @Test
  void of_texts_isTheSame() {
    List<FeatureSpec> texts = TestPipelines.reviews().features();
    assertThat(SETTINGS.of(texts)).isEqualTo(SETTINGS);
  }

  @Test
  void of_noFeatureButRows_isLarger() {
    assertThat(SETTINGS.of(List.of()))
        .isEqualTo(new ScoringSettings(2048, 256, Duration.ofMillis(1)));
  }
}
