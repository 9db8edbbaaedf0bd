/** How a pipeline gets its first version: from a user's labelled events to the model log. */
@org.jspecify.annotations.NullMarked
package io.headwater.ops.train;
