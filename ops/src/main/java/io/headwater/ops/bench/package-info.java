/** The command {@code headwater bench}: measures the parts of Headwater on this machine. */
@org.jspecify.annotations.NullMarked
package io.headwater.ops.bench;
