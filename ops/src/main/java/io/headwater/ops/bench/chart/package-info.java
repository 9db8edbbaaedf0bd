/** Draws what benches measured. */
@org.jspecify.annotations.NullMarked
package io.headwater.ops.bench.chart;
