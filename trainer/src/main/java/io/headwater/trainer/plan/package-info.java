/** How much of a model a training changes: from how much is known to a depth, with its reason. */
@org.jspecify.annotations.NullMarked
package io.headwater.trainer.plan;
