/** Measures what a head that was transferred gains over one from scratch, by number of labels. */
@NullMarked
package io.headwater.ops.bench.transfer;

import org.jspecify.annotations.NullMarked;
