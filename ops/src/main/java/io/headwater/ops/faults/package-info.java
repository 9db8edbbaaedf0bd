/**
 * Kills, stops and restarts parts while events flow, and checks that every event is scored once.
 */
@org.jspecify.annotations.NullMarked
package io.headwater.ops.faults;
