/** The trainer: replay, tune, evaluate, publish. */
@org.jspecify.annotations.NullMarked
package io.headwater.trainer;
