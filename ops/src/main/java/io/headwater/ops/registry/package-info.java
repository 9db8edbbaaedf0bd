/** What the model log and packages hold, in words: tables, manifests, differences, checks. */
@org.jspecify.annotations.NullMarked
package io.headwater.ops.registry;
