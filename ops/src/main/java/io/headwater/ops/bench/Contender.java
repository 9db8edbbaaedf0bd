package io.headwater.ops.bench;

/** One way of getting events from one topic to another, scored or not, exactly once. */
enum Contender {
  COPY("consumer to transactional producer, unscored"),
  PLAIN("consume, score in batches, produce, without Kafka Streams"),
  PASSTHROUGH("Kafka Streams, unscored"),
  PER_RECORD("Kafka Streams, one ONNX Runtime call a record, tensors reused"),
  HEADWATER("Headwater");

  private final String description;

  Contender(String description) {
    this.description = description;
  }

  String description() {
    return description;
  }
}
