package io.headwater.trainer.plan;

/**
 * A way to train: the last segments, and what that changes.
 *
 * @param segments how many
 * @param weights numbers that training changes
 */
public record Depth(int segments, long weights) {}
