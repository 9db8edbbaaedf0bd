package io.headwater.ops.bench;

import java.util.Locale;

/** One way of getting events from one topic to another, scored or not, exactly once. */
enum Contender {
  COPY("consumer to transactional producer, unscored"),
  PLAIN("consume, score each poll in batches, produce; no Kafka Streams"),
  PASSTHROUGH("Kafka Streams, unscored"),
  PER_RECORD("Kafka Streams, one ONNX Runtime call a record, tensors reused"),
  HEADWATER("Headwater's scorer, feedback.enabled: false"),
  JOINING("Headwater's scorer with the feedback join"),
  RAW("decode, score, encode in batches, on one thread, without Kafka");

  private final String description;

  Contender(String description) {
    this.description = description;
  }

  String description() {
    return description;
  }

  /** The name in tables and options, and for files and topics. */
  String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public String toString() {
    return id();
  }

  /** Whether it is the scorer itself, which writes to the pipeline's own topics. */
  boolean isScorer() {
    return this == HEADWATER || this == JOINING;
  }
}
