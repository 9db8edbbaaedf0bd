/** The user's own keys, made and trusted when they are first needed. */
@org.jspecify.annotations.NullMarked
package io.headwater.ops.sign;
