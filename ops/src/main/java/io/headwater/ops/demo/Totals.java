package io.headwater.ops.demo;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a run recorded, event by event in the order in which they were produced.
 *
 * @param refusal why the last training that published nothing did not
 * @param truth the index of each event's class
 * @param live what the version in force decided for; -1 where there is no score
 * @param frozen what the first version decides for; -1 where there is no example
 * @param activations null where there is no example
 * @param waits nanoseconds from producing each scored event to reading its score
 * @param nanos from the first event produced to the last score read
 */
record Totals(
    Report.Counts counts,
    List<Report.Version> versions,
    int trainings,
    @Nullable String refusal,
    int[] truth,
    int[] live,
    int[] frozen,
    float[][] activations,
    long[] waits,
    long nanos) {}
