package io.headwater.stream.ingest;

import io.headwater.schemas.headers.DeadLetterReason;

/**
 * Why a record ends as a dead letter.
 *
 * @param message what is wrong and the mend; never the record's content
 */
public record Rejection(DeadLetterReason reason, String message) implements Ingested, LabelRead {}
