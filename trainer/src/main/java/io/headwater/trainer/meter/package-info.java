/** The trainer's metrics, each with its name and tags. */
@org.jspecify.annotations.NullMarked
package io.headwater.trainer.meter;
