/** The pipeline file: one YAML per scored stream, read and checked as a whole. */
@org.jspecify.annotations.NullMarked
package io.headwater.model.pipeline;
