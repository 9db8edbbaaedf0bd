/** Proof of gradients on public models and cases, by command. */
@org.jspecify.annotations.NullMarked
package io.headwater.ops.gradients;
