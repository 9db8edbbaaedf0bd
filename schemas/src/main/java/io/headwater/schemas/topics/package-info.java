/** The topic catalogue: every topic's name, settings, creation and verification. */
@org.jspecify.annotations.NullMarked
package io.headwater.schemas.topics;
