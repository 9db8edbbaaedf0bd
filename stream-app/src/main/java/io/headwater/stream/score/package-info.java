/** Scores the events of a poll in batches, with public Kafka API only. */
@org.jspecify.annotations.NullMarked
package io.headwater.stream.score;
