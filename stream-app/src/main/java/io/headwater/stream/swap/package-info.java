/** Follows the production stage and puts its versions in force. */
@org.jspecify.annotations.NullMarked
package io.headwater.stream.swap;
