package io.headwater.model.log;

import java.time.Duration;
import java.time.Instant;

/**
 * How a stage record came to one who followed its stage when it was written.
 *
 * @param appended when it was appended, by the broker's clock
 * @param reach from then until it was read, by this machine's clock: the rest of its transaction,
 *     the way, and whatever the follower was busy with
 * @param verify reading it and checking its signatures
 * @param fetch until all its blobs were here, failed attempts included
 */
public record Delivery(Instant appended, Duration reach, Duration verify, Duration fetch) {}
