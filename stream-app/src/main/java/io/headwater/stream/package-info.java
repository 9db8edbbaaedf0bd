/**
 * The scorer: a Kafka Streams topology that scores events and joins their feedback, and the app
 * around it.
 */
@org.jspecify.annotations.NullMarked
package io.headwater.stream;
