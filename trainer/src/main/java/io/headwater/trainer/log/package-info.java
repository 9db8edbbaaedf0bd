/** What the trainer reads of Kafka: the training log and the decisions. */
@org.jspecify.annotations.NullMarked
package io.headwater.trainer.log;
