/**
 * From record bytes to events and labels, or to the reason why not: the rules of what is let in.
 */
@org.jspecify.annotations.NullMarked
package io.headwater.stream.ingest;
