/** How good a head's answers are, and whether one is worse than another. */
@org.jspecify.annotations.NullMarked
package io.headwater.trainer.evaluate;
