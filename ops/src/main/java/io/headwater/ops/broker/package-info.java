/** A single-node Kafka broker for one machine: in this JVM, or in a child JVM of its own. */
@org.jspecify.annotations.NullMarked
package io.headwater.ops.broker;
