package io.headwater.model.runtime;

/**
 * What a version answered for one event.
 *
 * @param probabilities one per class, summing to 1
 * @param activation the frozen prefix's output, the tap's width of it
 */
public record Scored(float[] probabilities, float[] activation) {}
