/** Header names, and the headers that say why a record became a dead letter. */
@org.jspecify.annotations.NullMarked
package io.headwater.schemas.headers;
