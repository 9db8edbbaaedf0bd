package io.headwater.schemas.serde;

import io.headwater.schemas.Score;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * Writes scores to the byte as a {@link RecordSerde} does, in a fraction of the time.
 *
 * <p>Safe for use by several threads.
 */
public final class ScoreWriter {
  private final RecordSerde<Score> serde;
  private final @Nullable ScoreAvro avro;
  private final ScoreJson json = new ScoreJson();

  ScoreWriter(@Nullable SchemaRegistry registry) {
    this.serde =
        registry == null ? RecordSerde.json(Score.class) : RecordSerde.avro(Score.class, registry);
    this.avro = registry == null ? null : new ScoreAvro(registry);
  }

  /**
   * The bytes of a score on a topic.
   *
   * @throws SerializationException where a probability is not finite and the format is JSON
   * @throws RegistryUnavailableException where the schema registry gives no answer
   */
  public byte[] write(String topic, PlainScore score) {
    byte[] quick;
    if (avro == null) {
      quick = json.write(score);
    } else {
      quick = score.isSlim() ? avro.write(topic, score) : null;
    }
    return quick == null ? serde.serializer().serialize(topic, score.score()) : quick;
  }
}
