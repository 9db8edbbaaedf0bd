/** When a training fires, and on what evidence. Nothing here promotes anything. */
@org.jspecify.annotations.NullMarked
package io.headwater.trainer.trigger;
