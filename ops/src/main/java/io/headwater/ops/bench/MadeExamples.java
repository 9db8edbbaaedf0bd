package io.headwater.ops.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pack.Segments;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.schemas.Activation;
import io.headwater.schemas.EventPointer;
import io.headwater.schemas.Example;
import io.headwater.schemas.serde.RecordSerde;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes labelled examples of two classes that can be told apart straight to the training log, so
 * that a long history needs no scoring. What tells them apart can be made to turn, so that there is
 * something to learn from newer ones.
 */
final class MadeExamples implements AutoCloseable {
  private static final RecordSerde<Example> SERDE = RecordSerde.json(Example.class);
  private static final double APART = 0.02;

  /** Radians, so few that even after dozens of turns nothing contradicts the oldest examples. */
  private static final double TURN = 0.05;

  private final KafkaProducer<byte[], byte[]> producer;
  private final Pipeline pipeline;
  private final String prefix;
  private final int width;
  private final Random random = new Random(7);
  private int made;
  private double angle;

  MadeExamples(Pipeline pipeline, ModelPackage version, Map<String, Object> client) {
    this.pipeline = pipeline;
    this.prefix = Segments.prefixDigest(version.manifest());
    this.width =
        Math.toIntExact(
            Segments.inputs(Segments.trainable(version.manifest())).get(0).getDims().get(1));
    this.producer =
        new KafkaProducer<>(
            new HashMap<>(client), new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Writes some, and returns when they are written. */
  void write(int count) {
    for (int i = 0; i < count; i++) {
      Example example = next();
      var unused =
          producer.send(
              new ProducerRecord<>(
                  pipeline.topics().examples(),
                  0,
                  example.getEventId().getBytes(UTF_8),
                  SERDE.write(example)));
    }
    producer.flush();
  }

  /** Turns what tells the classes apart a little. */
  void turn() {
    angle += TURN;
  }

  private Example next() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    int label = random.nextInt(2);
    ByteBuffer values = ByteBuffer.allocate(width * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    double size = Math.sqrt(1.0 / width);
    double[] centre = {
      APART * (Math.cos(angle) - Math.sin(angle)), APART * (Math.cos(angle) + Math.sin(angle))
    };
    for (int i = 0; i < width; i++) {
      double apart = centre[i % 2];
      values.putFloat((float) (random.nextGaussian() * size + (label == 1 ? apart : -apart)));
    }
    return Example.newBuilder()
        .setEventId("made-" + made++)
        .setEventTime(now)
        .setLabel(pipeline.labels().get(label))
        .setLabeledAt(now)
        .setScores(List.of())
        .setActivation(Activation.newBuilder().setPrefix(prefix).setValues(values.flip()).build())
        .setEvent(
            EventPointer.newBuilder()
                .setTopic(pipeline.topics().events())
                .setPartition(0)
                .setOffset(made)
                .build())
        .build();
  }

  @Override
  public void close() {
    producer.close();
  }
}
