package io.headwater.schemas.serde;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.schemas.Score;
import io.headwater.schemas.Stage;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

class ScoreWriterTest {
  private static final List<Stage> STAGES = List.of(Stage.values());

  private static final String[] PARTS = {
    "a", "~", " ", "\"", "\\", "\n", "\u007f", "\u00e9", "\ud83d\ude00", "/", "\ud800"
  };

  private final SchemaRegistry registry = new MemoryRegistry();

  @Test
  void json_ofAnyScore_isWhatTheRecordsSerdeWrites() {
    assertSame(new ScoreWriter(null), RecordSerde.json(Score.class), PARTS.length - 1, 0);
  }

  @Test
  void avro_ofAnyScore_isWhatTheRecordsSerdeWrites() {
    assertSame(
        new ScoreWriter(registry), RecordSerde.avro(Score.class, registry), PARTS.length, -1);
  }

  private static void assertSame(
      ScoreWriter writer, RecordSerde<Score> serde, int parts, int earliest) {
    Random random = new Random(3);
    for (int i = 0; i < 5_000; i++) {
      float[] probabilities = new float[random.nextInt(4)];
      for (int p = 0; p < probabilities.length; p++) {
        float any = Float.intBitsToFloat(random.nextInt());
        probabilities[p] = Float.isFinite(any) ? any : 0.5f;
      }
      String topic = "t" + random.nextInt(2);
      PlainScore score =
          new PlainScore(
              text(random, parts),
              random.nextLong() >> random.nextInt(64),
              random.nextInt(20) == 0 ? text(random, parts) : "v" + random.nextInt(2),
              STAGES.get(random.nextInt(STAGES.size())),
              text(random, parts),
              probabilities,
              random.nextInt(1000) + earliest,
              random.nextInt(20) == 0 ? 1.5f : null,
              random.nextInt(20) == 0 ? new float[] {0.5f, -1} : null,
              random.nextInt(20) == 0 ? Map.of("country", "A\"T") : null);
      assertThat(writer.write(topic, score))
          .isEqualTo(serde.serializer().serialize(topic, score.score()));
    }
  }

  private static String text(Random random, int parts) {
    StringBuilder text = new StringBuilder("e");
    int rare = random.nextInt(2) == 0 ? 2 : parts;
    for (int i = random.nextInt(5); i > 0; i--) {
      text.append(PARTS[random.nextInt(rare)]);
    }
    return text.toString();
  }

  @Test
  void json_ofAProbabilityThatIsNotFinite_isRefused() {
    PlainScore score =
        new PlainScore("e", 1, "v", Stage.CANARY, "ham", new float[] {Float.NaN, 1}, 2);
    assertThatThrownBy(() -> new ScoreWriter(null).write("t", score))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("Score.probabilities");
  }

  @Test
  void json_ofAPlainScore_isPlain() {
    PlainScore score =
        new PlainScore("e1", 10, "abc", Stage.SHADOW, "spam", new float[] {0.25f, 0.75f}, 11);
    assertThat(new String(new ScoreWriter(null).write("t", score), UTF_8))
        .isEqualTo(
            "{\"eventId\":\"e1\",\"eventTime\":10,\"version\":\"abc\",\"stage\":\"SHADOW\","
                + "\"decision\":\"spam\",\"probabilities\":[0.25,0.75],\"scoredAt\":11}");
  }
}
