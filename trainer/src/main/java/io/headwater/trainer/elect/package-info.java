/** Which of a pipeline's trainers trains. */
@org.jspecify.annotations.NullMarked
package io.headwater.trainer.elect;
