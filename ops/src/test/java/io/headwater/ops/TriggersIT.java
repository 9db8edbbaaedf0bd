package io.headwater.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.ops.broker.EmbeddedBroker;
import io.headwater.schemas.RolloutAction;
import io.headwater.schemas.RolloutDecision;
import io.headwater.trainer.TrainerApp;
import io.headwater.trainer.TrainerOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TriggersIT {
  private static final Duration SOON = Duration.ofMinutes(2);

  @TempDir private Path folder;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private EmbeddedBroker broker;
  private Map<String, Object> client;

  @BeforeEach
  void startBroker() {
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
    client = Map.of("bootstrap.servers", broker.bootstrapServers());
  }

  @AfterEach
  void stopBroker() {
    broker.close();
  }

  private static Pipeline pipeline(String name, String triggers) {
    return PipelineFile.parse(
        name + ".yaml",
        """
        pipeline: %s
        partitions: 2
        event: { id: id }
        model: { pretrained: all-minilm-l6-v2-q }
        features:
          text: { type: text, fields: [text], maxTokens: 32 }
        labels: [ham, spam]
        training:
          trigger: 100000
          holdout: 20
          triggers: { %s }
        """
            .formatted(name, triggers));
  }

  private TrainerApp trainer(Pipeline pipeline) {
    TrainerApp trainer =
        new TrainerApp(
            pipeline,
            client,
            TrainerOptions.defaults(folder.resolve(pipeline.name())),
            TestSigning.BY_PROMOTER,
            registry,
            Clock.systemUTC());
    trainer.start();
    return trainer;
  }

  private double fired(String trigger) {
    return registry.get("headwater.trainer.fired").tag("trigger", trigger).counter().count();
  }

  @Test
  void loss_thatRises_firesOneTrainingWithItsEvidence() {
    Pipeline pipeline = pipeline("worse", "loss: 0.01");
    Lessons lessons = Lessons.begin(pipeline, client, TestSigning.BY_PROMOTER);
    try (TrainerApp trainer = trainer(pipeline)) {
      lessons.send(150);
      await().atMost(SOON).until(() -> trainer.status().sinceTraining() == 150);
      assertThat(fired("loss")).isZero();
      lessons.send(60, i -> false);
      await().atMost(SOON).until(() -> lessons.decisions().size() >= 3);
      RolloutDecision published = lessons.decisions().get(1);
      assertThat(published.getAction()).isEqualTo(RolloutAction.PUBLISH);
      assertThat(published.getReason()).contains("fired by the champion's loss");
      assertThat(published.getExamplesSeen()).isBetween(151L, 209L);
      assertThat(published.getEvidence())
          .extracting("name")
          .contains("trigger.loss.before", "trigger.loss.after", "trigger.loss.since")
          .isSorted();
      assertThat(fired("loss")).isEqualTo(1);
      assertThat(registry.get("headwater.trainer.served.accuracy").gauge().value())
          .isBetween(0.5, 1.0);
    }
  }

  @Test
  void inputs_thatMove_fireOnceAndNotAgainAfterARestart() {
    Pipeline pipeline =
        pipeline("moved", "inputs: { distance: 0.3, window: 100, fields: [amount] }");
    Lessons lessons = Lessons.begin(pipeline, client, TestSigning.BY_PROMOTER);
    lessons.events(100, 0);
    try (TrainerApp trainer = trainer(pipeline)) {
      lessons.send(60);
      await().atMost(SOON).until(() -> trainer.status().sinceTraining() == 60);
      lessons.events(100, 0.6);
      await().atMost(SOON).until(() -> lessons.decisions().size() >= 3);
      assertThat(lessons.decisions().get(1).getReason()).contains("'amount'");
    }
    assertThat(fired("inputs")).isEqualTo(1);
    try (TrainerApp trainer = trainer(pipeline)) {
      lessons.send(60);
      // Two windows as they were at the last training, then one as before it.
      lessons.events(200, 0.6);
      await().atMost(SOON).until(() -> trainer.status().sinceTraining() == 60);
      assertThat(fired("inputs")).isEqualTo(1);
      lessons.events(200, 0);
      await().atMost(SOON).until(() -> fired("inputs") == 2);
    }
  }
}
