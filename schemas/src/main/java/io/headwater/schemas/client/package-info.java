/** How settings reach the Kafka clients that they are meant for. */
@org.jspecify.annotations.NullMarked
package io.headwater.schemas.client;
