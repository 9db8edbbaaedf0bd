/** The scorer's metrics. */
@org.jspecify.annotations.NullMarked
package io.headwater.stream.meter;
