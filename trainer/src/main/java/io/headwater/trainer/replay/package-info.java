/** Which of the labelled examples a training sees. */
@org.jspecify.annotations.NullMarked
package io.headwater.trainer.replay;
