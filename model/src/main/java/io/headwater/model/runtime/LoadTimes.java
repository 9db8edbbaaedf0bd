package io.headwater.model.runtime;

import java.time.Duration;

/**
 * How long the steps took by which a version was loaded.
 *
 * @param judge reading its blobs and checking them
 * @param open making its featuriser and its sessions
 * @param prove its first runs, the goldens among them
 */
public record LoadTimes(Duration judge, Duration open, Duration prove) {}
