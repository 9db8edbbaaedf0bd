/** Computes features over each key's latest events, before they are scored. */
@org.jspecify.annotations.NullMarked
package io.headwater.stream.window;
