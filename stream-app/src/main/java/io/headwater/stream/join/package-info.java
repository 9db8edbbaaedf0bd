/** Joins scores and labels by event id into examples. */
@org.jspecify.annotations.NullMarked
package io.headwater.stream.join;
