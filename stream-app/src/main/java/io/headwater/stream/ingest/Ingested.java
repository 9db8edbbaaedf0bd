package io.headwater.stream.ingest;

/** What reading an event's record came to. */
public sealed interface Ingested permits Event, Rejection {}
