package io.headwater.trainer.replay;

/**
 * Where a scored event lies.
 *
 * @param topic that was scored
 */
public record EventAt(String topic, int partition, long offset) {}
