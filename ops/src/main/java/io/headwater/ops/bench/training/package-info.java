/** Measures training steps against forward passes on the same batches. */
@NullMarked
package io.headwater.ops.bench.training;

import org.jspecify.annotations.NullMarked;
