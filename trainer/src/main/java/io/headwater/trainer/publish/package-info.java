/** From a round's outcome to the version and the decision that go into the log. */
@org.jspecify.annotations.NullMarked
package io.headwater.trainer.publish;
