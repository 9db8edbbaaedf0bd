/** Fine-tuning of a head: from activations and classes to new weights. */
@org.jspecify.annotations.NullMarked
package io.headwater.trainer.tune;
