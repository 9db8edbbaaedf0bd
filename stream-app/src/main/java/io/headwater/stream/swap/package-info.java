/** Follows the stages and puts their versions in force together. */
@org.jspecify.annotations.NullMarked
package io.headwater.stream.swap;
