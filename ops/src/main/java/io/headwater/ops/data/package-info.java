/** Public models and data: fetched by package name, checked against a pinned digest, cached. */
@org.jspecify.annotations.NullMarked
package io.headwater.ops.data;
