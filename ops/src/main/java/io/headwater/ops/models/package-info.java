/** What the command line does with model files and packages. */
@org.jspecify.annotations.NullMarked
package io.headwater.ops.models;
