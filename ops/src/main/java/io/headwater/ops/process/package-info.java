/** What a process owes its machine: its log file, its signals, the way it ends. */
@org.jspecify.annotations.NullMarked
package io.headwater.ops.process;
