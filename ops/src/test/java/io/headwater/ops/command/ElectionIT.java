package io.headwater.ops.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.headwater.model.log.ModelLog;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.pipeline.PipelineFile;
import io.headwater.model.sign.KeyFolder;
import io.headwater.model.sign.Signing;
import io.headwater.ops.Lessons;
import io.headwater.ops.broker.EmbeddedBroker;
import io.headwater.schemas.RolloutAction;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Stage;
import io.headwater.trainer.TrainerApp;
import io.headwater.trainer.TrainerOptions;
import io.headwater.trainer.TrainerStatus.State;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElectionIT {
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final int TRIGGER = 60;
  private static final String YAML =
      """
      pipeline: taught
      partitions: 2
      event: { id: id, time: time }
      model: { pretrained: all-minilm-l6-v2-q }
      features:
        text: { type: text, fields: [text], maxTokens: 32 }
      labels: [ham, spam]
      training: { trigger: %d, window: 200, balanced: 50, holdout: 20 }
      """
          .formatted(TRIGGER);

  @TempDir private Path folder;
  private final Pipeline pipeline = PipelineFile.parse("taught.yaml", YAML);
  private EmbeddedBroker broker;
  private Map<String, Object> client;
  private Signing signing;
  private Lessons lessons;

  @BeforeEach
  void begin() {
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
    client = Map.of("bootstrap.servers", broker.bootstrapServers());
    KeyFolder keys = new KeyFolder(folder.resolve("keys"));
    signing = new Signing(keys.make(KeyFolder.DEFAULT_KEY, key -> key).signer(), keys.trust());
    lessons = Lessons.begin(pipeline, client, signing);
  }

  @AfterEach
  void end() {
    broker.close();
  }

  private TrainerApp trainer(String name) {
    TrainerApp trainer =
        new TrainerApp(
            pipeline,
            client,
            TrainerOptions.defaults(folder.resolve(name)),
            signing,
            new SimpleMeterRegistry(),
            Clock.systemUTC());
    trainer.start();
    return trainer;
  }

  private static void awaitState(TrainerApp trainer, State state) {
    await().atMost(SOON).until(() -> trainer.status().state() == state);
  }

  private long trainings() {
    return lessons.decisions().stream()
        .filter(decision -> decision.getBy().equals("trainer"))
        .filter(decision -> decision.getAction() != RolloutAction.PROMOTE)
        .map(RolloutDecision::getExamplesSeen)
        .distinct()
        .count();
  }

  @Test
  void active_thatIsKilled_isFollowedByTheStandbyWhichGoesOnWhereItWas() throws Exception {
    int port = freePort();
    Path file = Files.writeString(folder.resolve("taught.yaml"), YAML);
    try (Spawned active =
        Spawned.headwater(
            folder,
            "train",
            "--pipeline",
            file.toString(),
            "-b",
            broker.bootstrapServers(),
            "--keys",
            folder.resolve("keys").toString(),
            "--http-port",
            Integer.toString(port))) {
      await()
          .atMost(SOON)
          .ignoreExceptionsInstanceOf(IOException.class)
          .until(() -> health(port).contains("COLLECTING"));
      try (TrainerApp standby = trainer("standby")) {
        awaitState(standby, State.STANDBY);
        lessons.send(TRIGGER);
        await().atMost(SOON).until(() -> trainings() == 1);
        assertThat(standby.status().state()).isEqualTo(State.STANDBY);
        await().atMost(SOON).until(() -> lessons.decisions().size() == 3);

        active.process().destroyForcibly().waitFor();
        lessons.send(TRIGGER);
        await().atMost(SOON).until(() -> trainings() == 2);
        assertThat(standby.status().examplesSeen()).isEqualTo(2L * TRIGGER);
      }
    }
    try (ModelLog log =
        new ModelLog(pipeline.topics(), client, folder.resolve("read"), signing.trust())) {
      long published =
          lessons.decisions().stream()
              .filter(decision -> decision.getAction() == RolloutAction.PUBLISH)
              .count();
      assertThat(log.latest(Stage.CANDIDATE).orElseThrow().record().getEpoch())
          .isEqualTo(published);
    }
  }

  @Test
  void active_thatIsClosed_handsOverAndAThirdWaits() {
    TrainerApp first = trainer("first");
    awaitState(first, State.COLLECTING);
    try (TrainerApp second = trainer("second");
        TrainerApp third = trainer("third")) {
      awaitState(second, State.STANDBY);
      awaitState(third, State.STANDBY);
      assertThat(first.status().state()).isEqualTo(State.COLLECTING);
      first.close();
      await()
          .atMost(SOON)
          .until(
              () ->
                  second.status().state() == State.COLLECTING
                      ^ third.status().state() == State.COLLECTING);
      lessons.send(TRIGGER);
      await().atMost(SOON).until(() -> trainings() == 1);
      assertThat(second.status().state() == State.STANDBY ^ third.status().state() == State.STANDBY)
          .isTrue();
    }
  }

  private static String health(int port) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/ready"))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
