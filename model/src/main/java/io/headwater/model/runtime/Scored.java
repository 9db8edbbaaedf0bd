package io.headwater.model.runtime;

/**
 * What a version answered for one event.
 *
 * @param probabilities one per label, summing to 1; plain values where the version has no labels
 * @param activation what crosses from the frozen segments to the trainable ones, flattened; empty
 *     where nothing does
 */
public record Scored(float[] probabilities, float[] activation) {}
