/** Turns events into a model's inputs, by the manifest's own specification. */
@org.jspecify.annotations.NullMarked
package io.headwater.model.featurise;
