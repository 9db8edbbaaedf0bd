/** The model log: blobs and stage records on topics, written in transactions, read committed. */
@org.jspecify.annotations.NullMarked
package io.headwater.model.log;
