/** The model package: a manifest and the content-addressed blobs that it names. */
@org.jspecify.annotations.NullMarked
package io.headwater.model.pack;
