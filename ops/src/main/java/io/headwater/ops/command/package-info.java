/** The command line: one class a command, and what they share. */
@org.jspecify.annotations.NullMarked
package io.headwater.ops.command;
