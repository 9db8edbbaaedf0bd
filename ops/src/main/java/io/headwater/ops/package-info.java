/** The headwater command: what a user runs, reads and watches. */
@org.jspecify.annotations.NullMarked
package io.headwater.ops;
