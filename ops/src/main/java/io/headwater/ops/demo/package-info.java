/** The demos: a whole pipeline on public data in one go, with what it came to in figures. */
@org.jspecify.annotations.NullMarked
package io.headwater.ops.demo;
