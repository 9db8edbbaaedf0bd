/** One training from replay to decision, without Kafka. */
@org.jspecify.annotations.NullMarked
package io.headwater.trainer.round;
