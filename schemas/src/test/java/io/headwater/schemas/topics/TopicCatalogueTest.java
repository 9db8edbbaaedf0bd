package io.headwater.schemas.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.schemas.Stage;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TopicCatalogueTest {
  private static final int MIB = 1024 * 1024;

  private final PipelineTopics topics = new PipelineTopics("reviews");
  private final Map<String, TopicSpec> specs =
      TopicCatalogue.of(topics, 4, 3, MIB).stream()
          .collect(Collectors.toMap(TopicSpec::name, Function.identity()));

  @Test
  void catalogue_ofPipeline_namesEveryTopic() {
    assertThat(specs.keySet())
        .containsExactlyInAnyOrder(
            "reviews.events",
            "reviews.scores",
            "reviews.shadow-scores",
            "reviews.labels",
            "reviews.examples",
            "reviews.dlq",
            "reviews.models.blobs",
            "reviews.models.candidate",
            "reviews.models.shadow",
            "reviews.models.canary",
            "reviews.models.production",
            "reviews.rollouts");
  }

  @Test
  void oversizedEvent_fitsItsTopicAndTheDeadLetterTopicAboveIt() {
    int events = maxBytes(topics.events());
    assertThat(events).isGreaterThan(2 * MIB);
    assertThat(maxBytes(topics.deadLetters())).isGreaterThan(events);
  }

  @Test
  void scores_havePartitionsOfEvents_andStagesOne() {
    assertThat(specs.get(topics.scores()).partitions()).isEqualTo(4);
    assertThat(specs.get(topics.shadowScores()).partitions()).isEqualTo(4);
    for (Stage stage : Stage.values()) {
      TopicSpec spec = specs.get(topics.stage(stage));
      assertThat(spec.partitions()).isEqualTo(1);
      assertThat(spec.config()).containsEntry("retention.ms", "-1");
    }
    assertThat(specs.get(topics.blobs()).config()).containsEntry("cleanup.policy", "compact");
  }

  @Test
  void name_outsideTheAlphabet_isRefused() {
    for (String name : List.of("", "Reviews", "a b", ".a", "é", "x".repeat(101))) {
      assertThatThrownBy(() -> new PipelineTopics(name)).hasMessageContaining("pipeline name");
    }
  }

  private int maxBytes(String topic) {
    return Integer.parseInt(specs.get(topic).config().get("max.message.bytes"));
  }
}
